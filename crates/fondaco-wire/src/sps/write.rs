//! An SPS certificate, written.

use std::fmt::Write as _;

use fondaco::quantity::Quantity;
use fondaco::token::Token;

use super::{Carriage, Certificate, Goods, HS, Note, Party, ROOT, Referred, Said, Treatment};
use crate::wco::write::escape;

const TYPES: &str = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21";
const PARTS: &str =
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21";
/// Writes elements; a text that is empty is left out.
struct Writer {
    out: String,
}

impl Writer {
    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        // Writing to a text does not fail.
        let _ = write!(self.out, "<r:{name}>");
        inner(self);
        let _ = write!(self.out, "</r:{name}>");
    }

    fn leaf(&mut self, name: &str, attribute: (&str, &str), text: &str) {
        let _ = write!(self.out, "<r:{name}");
        if !attribute.1.is_empty() {
            let _ = write!(self.out, " {}=\"", attribute.0);
            escape(&mut self.out, attribute.1, true);
            self.out.push('"');
        }
        self.out.push('>');
        escape(&mut self.out, text, false);
        let _ = write!(self.out, "</r:{name}>");
    }

    fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.leaf(name, ("", ""), text);
        }
    }

    fn said(&mut self, name: &str, said: &Said) {
        self.leaf(name, ("languageID", &said.language), &said.text);
    }

    fn measure(&mut self, name: &str, measure: Option<Quantity>) {
        if let Some(q) = measure {
            self.leaf(name, ("unitCode", &q.unit), &q.value.normalize().to_string());
        }
    }

    fn moment(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let _ = write!(self.out, "<r:{name}><t:DateTimeString>");
        escape(&mut self.out, text, false);
        let _ = write!(self.out, "</t:DateTimeString></r:{name}>");
    }

    fn country(&mut self, name: &str, country: Token) {
        if !country.is_empty() {
            self.within(name, |w| w.text("ID", &country));
        }
    }

    fn party(&mut self, name: &str, party: &Party) {
        if *party == Party::default() {
            return;
        }
        self.within(name, |w| {
            w.text("Name", &party.name);
            w.text("TypeCode", &party.number);
            if !party.address.is_empty() {
                // The schema of the hub has five lines, and no city of its own.
                let lines = ["LineOne", "LineTwo", "LineThree", "LineFour"];
                w.within("SpecifiedSPSAddress", |w| {
                    for (line, text) in lines.iter().zip(&party.address) {
                        w.text(line, text);
                    }
                    let rest = party.address.get(lines.len()..).unwrap_or_default();
                    w.text("LineFive", &rest.join(", "));
                });
            }
        });
    }

    fn treatment(&mut self, treatment: &Treatment) {
        self.within("AppliedSPSProcess", |w| {
            w.text("TypeCode", &treatment.kind);
            let none = treatment.from.is_empty() && treatment.until.is_empty();
            if !none || treatment.duration.is_some() {
                w.within("CompletionSPSPeriod", |w| {
                    w.moment("StartDateTime", &treatment.from);
                    w.moment("EndDateTime", &treatment.until);
                    w.measure("DurationMeasure", treatment.duration);
                });
            }
            for one in &treatment.characteristics {
                w.within("ApplicableSPSProcessCharacteristic", |w| {
                    one.told.iter().for_each(|said| w.said("Description", said));
                    w.measure("ValueMeasure", one.measure);
                });
            }
        });
    }

    fn note(&mut self, name: &str, note: &Note) {
        self.within(name, |w| {
            w.text("Subject", &note.subject);
            note.contents.iter().for_each(|said| w.said("Content", said));
        });
    }

    fn referred(&mut self, document: &Referred) {
        self.within("ReferenceSPSReferencedDocument", |w| {
            w.moment("IssueDateTime", &document.issued);
            // The schema wants it, also where nothing is known.
            w.leaf("TypeCode", ("", ""), &document.kind);
            w.text("RelationshipTypeCode", &document.relation);
            w.text("ID", &document.number);
            if !document.information.text.is_empty() {
                w.said("Information", &document.information);
            }
        });
    }

    fn carriage(&mut self, leg: &Carriage) {
        self.within("MainCarriageSPSTransportMovement", |w| {
            w.text("ID", &leg.number);
            w.text("ModeCode", &leg.mode);
            if !leg.means.is_empty() {
                w.within("UsedSPSTransportMeans", |w| w.text("Name", &leg.means));
            }
        });
    }

    fn goods(&mut self, goods: &Goods) {
        self.within("IncludedSPSTradeLineItem", |w| {
            w.text("SequenceNumeric", &goods.number.to_string());
            goods.descriptions.iter().for_each(|said| w.said("Description", said));
            goods.common.iter().for_each(|said| w.said("CommonName", said));
            goods.scientific.iter().for_each(|name| w.text("ScientificName", name));
            goods.intended.iter().for_each(|said| w.said("IntendedUse", said));
            w.measure("NetWeightMeasure", goods.net_weight);
            w.measure("GrossWeightMeasure", goods.gross_weight);
            goods.notes.iter().for_each(|note| w.note("AdditionalInformationSPSNote", note));
            for code in &goods.codes {
                w.within("ApplicableSPSClassification", |w| {
                    w.text("SystemName", HS);
                    w.text("ClassCode", code);
                });
            }
            for packages in &goods.packages {
                w.within("PhysicalSPSPackage", |w| {
                    w.text("LevelCode", &packages.level);
                    w.text("TypeCode", &packages.kind);
                    w.text("ItemQuantity", &packages.count.to_string());
                });
            }
            goods.origins.iter().for_each(|origin| w.country("OriginSPSCountry", *origin));
            goods.treatments.iter().for_each(|treatment| w.treatment(treatment));
        });
    }
}

/// Writes a certificate, its elements in the order of the schema.
#[must_use]
pub fn write(c: &Certificate) -> String {
    let mut w = Writer { out: String::new() };
    let _ = write!(
        w.out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:SPSCertificate xmlns:s=\"{ROOT}\" xmlns:r=\"{PARTS}\" \
         xmlns:t=\"{TYPES}\"><s:SPSExchangedDocument>"
    );
    w.text("ID", &c.number);
    w.text("TypeCode", &c.kind);
    w.text("StatusCode", &c.status);
    w.moment("IssueDateTime", &c.issued);
    if !c.issuer.is_empty() {
        w.within("IssuerSPSParty", |w| w.text("Name", &c.issuer));
    }
    c.notes.iter().for_each(|note| w.note("IncludedSPSNote", note));
    c.referred.iter().for_each(|document| w.referred(document));
    w.out.push_str("</s:SPSExchangedDocument><s:SPSConsignment>");
    w.party("ConsignorSPSParty", &c.consignor);
    w.party("ConsigneeSPSParty", &c.consignee);
    w.country("ExportSPSCountry", c.export);
    w.country("ImportSPSCountry", c.import);
    c.transit.iter().for_each(|country| w.country("TransitSPSCountry", *country));
    if c.unloading != (String::new(), String::new()) {
        w.within("UnloadingBaseportSPSLocation", |w| {
            w.text("ID", &c.unloading.0);
            w.text("Name", &c.unloading.1);
        });
    }
    c.carriage.iter().for_each(|leg| w.carriage(leg));
    w.within("IncludedSPSConsignmentItem", |w| c.goods.iter().for_each(|goods| w.goods(goods)));
    w.out.push_str("</s:SPSConsignment></s:SPSCertificate>\n");
    w.out
}
