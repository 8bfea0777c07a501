//! Certificates of plant and animal health as other countries send them: taken into the register, and
//! written from it.

use fondaco::finding::Trilingual;
use fondaco::lpco::{Act, Standing};
use fondaco::money::Decimal;
use fondaco::quantity::Quantity;
use fondaco::token::Token;
use fondaco_wire::{Limits, sps};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::form::TermsForm;
use super::{ActDone, Refused};
use crate::house::House;
use crate::store::Fault;

/// What a certificate does not say of itself.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// Of a certificate in XML: who takes it in.
    pub(crate) by: String,
    /// The agency that does, by its id.
    pub(crate) issuer: String,
    /// Who may show it: a registration number as it stands on declarations; empty is whoever does.
    pub(crate) holder: String,
}

/// That a certificate is not one the register takes.
fn unfit(path: &str, [en, zh, ru]: [String; 3]) -> Refused {
    let (path, reason) = (path.to_owned(), en.clone());
    let told = Some(Box::new(Trilingual { en, zh, ru }));
    Refused::Unreadable(vec![sps::Problem { line: 0, path, reason, told }])
}

impl House {
    /// Takes an SPS certificate into the register; waits until it is on the disk. Its type on declarations
    /// is N and the code of its type: `N851`.
    pub(crate) async fn import_certificate(
        &self,
        query: &ImportQuery,
        bytes: &[u8],
        key: &str,
    ) -> Result<ActDone, Refused> {
        // A long one takes a while: it is read beside the threads that serve.
        let sent = bytes.to_owned();
        let read = tokio::task::spawn_blocking(move || sps::read(&sent, &Limits::default())).await;
        let read = read.map_err(|e| Fault::Engine(e.to_string()))?;
        let certificate = read.map_err(Refused::Unreadable)?;
        if certificate.status != sps::ISSUED {
            let (is, issued) = (&certificate.status, sps::ISSUED);
            let words = [
                format!("{is}: want {issued}, issued"),
                format!("{is}：应为 {issued}（已签发）"),
                format!("{is}: ожидается {issued}, выдан"),
            ];
            return Err(unfit("SPSExchangedDocument/StatusCode", words));
        }
        // Goods without a code would be any goods.
        if let Some(goods) = certificate.goods.iter().find(|goods| goods.codes.is_empty()) {
            let n = goods.number;
            let words = [
                format!("goods {n}: want a code of the Harmonized System"),
                format!("货物 {n}：缺少协调制度编码"),
                format!("товар {n}: нет кода Гармонизированной системы"),
            ];
            return Err(unfit("IncludedSPSTradeLineItem/ApplicableSPSClassification", words));
        }
        let kind = Token::new(&format!("N{}", certificate.kind));
        let kind = kind.map_err(|_| Refused::Field("TypeCode"))?;
        let form = TermsForm::from(&certificate.terms(&query.holder));
        let act = Act::Issue(form.terms().map_err(Refused::Field)?);
        let said = (query.issuer.as_str(), query.by.as_str(), "");
        let terms = json!(form).to_string();
        self.registered(kind, &certificate.number, act, terms, said, bytes, key).await
    }

    /// A document of the register as an SPS certificate: what it was taken in as, with what it says now.
    pub(crate) fn certificate(&self, number: &str, kind: &str) -> Result<String, Refused> {
        let told = self.lpco(number, kind)?;
        let code = told.kind.strip_prefix('N').filter(|c| c.bytes().all(|b| b.is_ascii_digit()));
        // What is not good now is not told to be issued.
        let code = code.filter(|_| told.record.document.standing == Standing::Active);
        let code = code.ok_or(Refused::Unknown)?;
        let Some(first) = told.acts.first() else { return Err(Refused::Unknown) };
        let filing = self.store.filing(&first.filing)?.ok_or(Refused::Unknown)?;
        // White space may stand before either; JSON begins with a brace, XML never does.
        let certificate = if filing.body.trim_ascii_start().first() == Some(&b'{') {
            sps::Certificate {
                number: told.number.clone(),
                kind: Token::lossy(code),
                status: Token::lossy(sps::ISSUED),
                issued: first.at.clone(),
                issuer: first.issuer.clone(),
                export: self.pack().profile.country,
                ..sps::Certificate::default()
            }
        } else {
            let read = sps::read(&filing.body, &Limits::default());
            read.map_err(|_| Fault::Engine(format!("the certificate {number} cannot be read")))?
        };
        // Units of weight are those that kilograms are told in.
        let pack = self.pack();
        let one = |unit| Quantity { value: Decimal::ONE, unit };
        let weighs = |unit| pack.units.convert(one(unit), Token::lossy("KGM")).is_some();
        Ok(sps::write(&certificate.with(&told.record.document.terms, weighs)))
    }
}
