//! Messages that ask for a change, applied.

use fondaco::amendment::{amended, moved};
use fondaco::draft::{Draft, NodeRef};
use fondaco_wire::{Limits, format_named};

const DECLARATION: &str = "<FunctionCode>9</FunctionCode>\
    <FunctionalReferenceID>L1</FunctionalReferenceID><TypeCode>IMA</TypeCode>\
    <GoodsItemQuantity>2</GoodsItemQuantity><GoodsShipment>\
    <GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>\
    <Commodity><Description>tea</Description></Commodity></GovernmentAgencyGoodsItem>\
    <GovernmentAgencyGoodsItem><SequenceNumeric>2</SequenceNumeric>\
    <Commodity><Description>tin</Description></Commodity></GovernmentAgencyGoodsItem>\
    </GoodsShipment>";

fn read(within: &str) -> Draft {
    let xml =
        format!("<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">{within}</Declaration>");
    let format = format_named("xml").unwrap();
    (format.decode)(xml.as_bytes(), &Limits::default()).draft.unwrap()
}

/// An `Amendment` that points along `class/number`, the last step an element where it has no number.
fn amendment(pointer: &str) -> String {
    let mut out = String::from("<Amendment><ChangeReasonCode>21</ChangeReasonCode>");
    let mut steps = pointer.split('/').peekable();
    while let Some(step) = steps.next() {
        let (class, number) = step.split_once('.').unwrap_or((step, "1"));
        out.push_str(&format!(
            "<Pointer><SequenceNumeric>{number}</SequenceNumeric>\
             <DocumentSectionCode>{class}</DocumentSectionCode>"
        ));
        let tag = |s: &&str| !s.ends_with(|c: char| c.is_ascii_uppercase()) && !s.contains('.');
        if let Some(tag) = steps.next_if(tag) {
            out.push_str(&format!("<TagID>{tag}</TagID>"));
        }
        out.push_str("</Pointer>");
    }
    out + "</Amendment>"
}

fn leaves(node: NodeRef<'_>, out: &mut Vec<String>) {
    if !node.text().is_empty() {
        out.push(format!("{} {}", node.name(), node.text()));
    }
    node.children().for_each(|c| leaves(c, out));
}

/// What is otherwise afterwards: what is gone with a minus, what is new with a plus.
#[track_caller]
fn check(pointers: &[&str], said: &str, wanted: &[&str]) {
    let (declaration, asked) = (read(DECLARATION), pointers.iter().map(|p| amendment(p)));
    let message =
        read(&format!("<FunctionCode>13</FunctionCode>{}{said}", asked.collect::<String>()));
    let got = amended(&declaration, &message);
    let found = match &got {
        Err(e) => vec![format!("{} {}", e.amendment, e.pointer)],
        Ok(after) => {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            leaves(declaration.root().unwrap(), &mut a);
            leaves(after.root().unwrap(), &mut b);
            let gone = a.iter().filter(|l| !b.contains(l)).map(|l| format!("-{l}"));
            gone.chain(b.iter().filter(|l| !a.contains(l)).map(|l| format!("+{l}"))).collect()
        }
    };
    assert_eq!(found, wanted, "{pointers:?}");
    // What came out is a declaration of the model like any other: written and read it is the same.
    if let Ok(after) = got {
        let format = format_named("xml").unwrap();
        let text = (format.encode)(&after);
        let again = (format.decode)(text.as_bytes(), &Limits::default());
        assert_eq!(again.findings, [], "{text}");
        assert_eq!(again.draft.unwrap(), after);
    }
}

#[test]
fn what_is_pointed_at_is_changed_added_or_taken_out() {
    let item = |n: u32, within: &str| {
        format!(
            "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>{n}</SequenceNumeric>\
             {within}</GovernmentAgencyGoodsItem></GoodsShipment>"
        )
    };
    let tin = "<Commodity><Description>lead</Description></Commodity>";
    // A leaf in the second item, of which the message states only that.
    let lead = ["-Description tin", "+Description lead"];
    check(&["42A/67A/68A.2/23A/137"], &item(2, tin), &lead);
    // One of the declaration itself.
    let two = "<GoodsItemQuantity>3</GoodsItemQuantity>";
    check(&["42A/228"], two, &["-GoodsItemQuantity 2", "+GoodsItemQuantity 3"]);
    check(&["42A/228"], "", &["-GoodsItemQuantity 2"]);
    // One that was not there, in a class that was not there.
    let place = "<GoodsShipment><Consignment><GoodsLocation><Name>QUAY 4</Name></GoodsLocation>\
                 </Consignment></GoodsShipment>";
    check(&["42A/67A/28A/64A/L016"], place, &["+Name QUAY 4"]);
    // A whole item is taken out, and those after it move up; or added.
    let first = ["-Description tea", "-SequenceNumeric 2"];
    check(&["42A/67A/68A.1"], "", &first);
    check(&["42A/67A/68A.3"], &item(3, tin), &["+SequenceNumeric 3", "+Description lead"]);
    // Several at once.
    let both = ["42A/67A/68A.2/23A/137", "42A/228"];
    let said = format!("{two}{}", item(2, tin));
    check(&both, &said, &["-GoodsItemQuantity 2", lead[0], "+GoodsItemQuantity 3", lead[1]]);
}

#[test]
fn items_are_known_again_under_the_number_they_move_up_to() {
    let check = |pointers: &[&str], said: &str, wanted: &[(u32, u32)]| {
        let asked: String = pointers.iter().map(|p| amendment(p)).collect();
        let message = read(&format!("<FunctionCode>13</FunctionCode>{asked}{said}"));
        assert_eq!(moved(&read(DECLARATION), &message).unwrap(), wanted, "{pointers:?}");
    };
    let item = |n: u32| {
        format!(
            "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>{n}</SequenceNumeric>\
             </GovernmentAgencyGoodsItem></GoodsShipment>"
        )
    };
    check(&["42A/228"], "<GoodsItemQuantity>2</GoodsItemQuantity>", &[(1, 1), (2, 2)]);
    check(&["42A/67A/68A.1"], "", &[(2, 1)]);
    check(&["42A/67A/68A.1", "42A/67A/68A.1"], "", &[]);
    // One stated anew is the same one; one that is added is none that was there.
    check(&["42A/67A/68A.2"], &item(2), &[(1, 1), (2, 2)]);
    check(&["42A/67A/68A.3"], &item(3), &[(1, 1), (2, 2)]);
    check(&["42A/67A/68A.2"], "", &[(1, 1)]);
    // Stated within a larger class none is known again, whatever numbers they give themselves.
    check(&["42A/67A"], &item(1), &[]);
}

#[test]
fn what_cannot_be_applied_is_refused_whole_with_where_it_points() {
    check(&[], "", &["0 "]);
    check(&["42A"], "", &["1 42A[1]"]);
    check(&["67A/228"], "", &["1 67A[1]/228[1]"]);
    check(&["42A/67A/99Z"], "", &["1 42A[1]/67A[1]/99Z[1]"]);
    check(&["42A/67A/68A.7"], "", &["1 42A[1]/67A[1]/68A[7]"]);
    check(&["42A/228", "42A/67A/28A/64A/L016"], "", &["2 42A[1]/67A[1]/28A[1]/64A[1]/L016[1]"]);
}

/// The amendments that a real administration granted apply to the declarations they are about.
#[test]
fn real_amendments_apply() {
    let root =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cds-dms/dev");
    if !root.exists() {
        return println!("skipped: ../shared/data/cds-dms is not here");
    }
    let read = |path: &str| {
        let bytes = std::fs::read(root.join(path)).unwrap();
        (format_named("xml").unwrap().decode)(&bytes, &Limits::default()).draft.unwrap()
    };
    let check = |declaration: &str, message: &str, wanted: &[&str]| {
        let (before, mut all) = (read(declaration), (Vec::new(), Vec::new()));
        let after = amended(&before, &read(message)).unwrap();
        leaves(before.root().unwrap(), &mut all.0);
        leaves(after.root().unwrap(), &mut all.1);
        let new: Vec<_> = all.1.iter().filter(|l| !all.0.contains(l)).collect();
        assert_eq!(new, wanted, "{message}");
    };
    check(
        "TT_IM033b/TT_IM033b.xml",
        "TT_IM033b/TT_IM033b_Amendment.xml",
        &["ItemChargeAmount 998"],
    );
    check(
        "TT_IM017a/Step1_TT_IM017a.xml",
        "TT_IM017a/TT_IM017a_Amendment.xml",
        &["GoodsItemQuantity 2", "InvoiceAmount 1100", "TotalPackageQuantity 65"],
    );
}
