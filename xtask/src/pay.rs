//! The bank of the demonstration: it books some of what the houses asked for.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Most payments in a house.
const MOST: usize = 12;

fn curl(args: &[&str]) -> Option<Value> {
    let output = Command::new("curl").args(["-s", "-m", "20"]).args(args).output().ok()?;
    serde_json::from_slice(&output.stdout).ok()
}

/// Has the bank book what the first declarations that owe were asked for; how many were paid, and how
/// many goods were cleared by it.
pub(crate) fn pay(address: &str, work: &Path) -> Result<(usize, usize), String> {
    let all = curl(&[&format!("{address}/v1/declarations?limit=1000")]).unwrap_or_default();
    let mut entries = String::new();
    let mut paid: Vec<String> = Vec::new();
    let mut account = String::new();
    for one in all.as_array().into_iter().flatten() {
        let Some(mrn) = one["mrn"].as_str().filter(|mrn| !mrn.is_empty()) else { continue };
        let debts = curl(&[&format!("{address}/v1/declarations/{mrn}/debt")]).unwrap_or_default();
        let debt = &debts[0];
        let request = &debt["requests"][0];
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        if debt["settled"] != "open" || text("reference").is_empty() {
            continue;
        }
        account = request["accounts"][0]["account"].as_str().unwrap_or_default().to_owned();
        let money = format!("<Amt Ccy=\"{}\">{}</Amt>", text("currency"), text("amount"));
        entries.push_str(&format!(
            "<Ntry>{money}<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>\
             <Dt>2026-11-26</Dt></BookgDt><AcctSvcrRef>DEMO-{mrn}</AcctSvcrRef><BkTxCd><Prtry>\
             <Cd>DEMO</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED\
             </EndToEndId></Refs>{money}<CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Strd><CdtrRefInf>\
             <Ref>{}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>",
            text("reference")
        ));
        paid.push(mrn.to_owned());
        if paid.len() == MOST {
            break;
        }
    }
    if paid.is_empty() {
        return Ok((0, 0));
    }
    let message = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
         <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>DEMO</MsgId><CreDtTm>2026-11-26T18:00:00Z\
         </CreDtTm></GrpHdr><Ntfctn><Id>DEMO</Id><CreDtTm>2026-11-26T18:00:00Z</CreDtTm><Acct>\
         <Id><Othr><Id>{account}</Id></Othr></Id></Acct>{entries}</Ntfctn>\
         </BkToCstmrDbtCdtNtfctn></Document>\n"
    );
    let file = work.join("bank.xml");
    fs::write(&file, message).map_err(|e| format!("{}: {e}", file.display()))?;
    let body = format!("@{}", file.display());
    let url = format!("{address}/v1/bank");
    let answer = curl(&[
        &url,
        "-H",
        "Content-Type: application/xml",
        "-H",
        "Idempotency-Key: demo-bank",
        "--data-binary",
        &body,
    ]);
    let answer = answer.unwrap_or_default();
    if answer["entries"].as_array().is_none_or(|e| e.len() != paid.len()) {
        return Err(format!("the bank's message was not taken: {answer}"));
    }
    let cleared = paid.iter().filter(|mrn| {
        let one = curl(&[&format!("{address}/v1/declarations/{mrn}")]).unwrap_or_default();
        one["state"] == "cleared"
    });
    Ok((paid.len(), cleared.count()))
}
