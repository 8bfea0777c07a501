//! What a granted amendment undoes of what agencies hold and refused.
//!
//! A hold that an opinion placed, and that the amended declaration gives no reason for any more, is lifted:
//! the agency has nothing to decide there. What a person placed (a physical or documentary hold, a result
//! of an inspection) stays, whatever the trader amends. A refusal of single items is over once each of them
//! was taken off; one of the whole declaration stays, until an appeal overturns it.

use std::collections::BTreeMap;

use fondaco::amendment::{amended, moved};
use fondaco::consignment::{
    Event, Hold, Life, Placed, Refusal, Request, RequestKind, requirement_of,
};
use fondaco::draft::Draft;
use fondaco::finding::Trilingual;
use fondaco::token::Token;
use fondaco_wire::Decoded;
use fondaco_wire::report::Texts;
use serde_json::{Value, json};

use crate::house::{self, House};
use crate::store::{Fault, Filing, Happened, key};
use crate::{act, inspect, tasks};

/// Why a hold was lifted or a refusal is over by the message it came with, and what can be done; `None`
/// where that grants no amendment. `log` has what happened by the message, and is asked for where it tells.
pub(crate) fn why<L: AsRef<[Happened]>>(
    event: Event,
    by: &Filing,
    log: impl FnOnce() -> L,
) -> Option<[Trilingual; 2]> {
    if by.format != act::FORMAT || !house::forms_an_opinion(by) {
        return None;
    }
    let said = |[en, zh, ru]: [&str; 3]| Trilingual {
        en: en.to_owned(),
        zh: zh.to_owned(),
        ru: ru.to_owned(),
    };
    let anew = |lifted: Hold| {
        let held = |h: &Happened| match h.event {
            Event::Held(hold) => {
                h.filing == by.id
                    && hold.agency == lifted.agency
                    && requirement_of(&hold) == requirement_of(&lifted)
            }
            _ => false,
        };
        log().as_ref().iter().any(held)
    };
    let why = match event {
        Event::Lifted(hold) if anew(hold) => [
            "The declaration was amended; the agency decides anew on the goods as they are declared now.",
            "报关单已修改；主管部门将就现申报的货物重新作出决定。",
            "Декларация изменена; ведомство решает заново о товарах, как они заявлены теперь.",
        ],
        Event::Lifted(_) => [
            "The declaration as amended no longer asks for what the hold was for.",
            "经修改的报关单已不再涉及该扣留所针对的要求。",
            "Изменённая декларация больше не требует того, ради чего была задержка.",
        ],
        Event::Overturned(_) => [
            "The items that were refused are no longer declared.",
            "被拒绝的货项已从报关单中删除。",
            "Товары, в отношении которых был отказ, больше не заявлены.",
        ],
        _ => return None,
    };
    let nothing = ["Nothing is wanted of you.", "无需您采取行动。", "От вас ничего не требуется."];
    Some([said(why), said(nothing)])
}

/// What happened, as it is shown beside its name; of what an amendment undid with why.
pub(crate) fn more(house: &House, happened: &Happened) -> Value {
    let mut more = act::more(happened.event);
    if !matches!(happened.event, Event::Lifted(_) | Event::Overturned(_)) {
        return more;
    }
    let by = house.store.filing(&happened.filing).ok().flatten();
    let log = || house.store.events(&happened.mrn, 0, usize::MAX).unwrap_or_default();
    let why = by.and_then(|by| why(happened.event, &by, log));
    if let (Some([text, remedy]), Some(more)) = (why, more.as_object_mut()) {
        more.insert("text".to_owned(), json!(Texts::from(&text)));
        more.insert("remedy".to_owned(), json!(Texts::from(&remedy)));
    }
    more
}

/// The numbers of the items a draft has.
fn items(draft: &Draft) -> Vec<u32> {
    let items = draft.root().into_iter().flat_map(|root| root.goods_items());
    items.filter_map(|item| item.child("SequenceNumeric")?.text().trim().parse().ok()).collect()
}

/// The items a message says that it refuses, of several controls by this one; none is the whole declaration.
fn refused_by(filing: &Filing, control: Option<Hold>) -> Vec<u32> {
    let said = act::said_of(filing, control);
    let items = said["act"]["items"].as_array();
    let number = |n: &Value| u32::try_from(n.as_u64()?).ok();
    items.into_iter().flatten().filter_map(number).collect()
}

/// What is refused of a declaration as it stands.
struct Standing {
    refusal: Refusal,
    /// Items by the numbers they have now; `None` is the whole of it.
    items: Option<Vec<u32>>,
    /// Whether items were added since, which may be the goods that were refused.
    added: bool,
}

impl Standing {
    /// Whether nothing that is declared is refused by it.
    fn is_off(&self) -> bool {
        self.items.as_ref().is_some_and(Vec::is_empty)
    }
}

/// A declaration followed through what happened to it: where its items went, what of them is refused.
struct Followed {
    decoded: Decoded,
    refused: Vec<Standing>,
    /// The last event by which items were taken off or got other numbers; 0 where none was.
    reshaped: i64,
}

impl Followed {
    /// Applies an amendment: items that are taken off are refused no more, the others move up. Where it, or
    /// one since the refusal, states items that were not there, what was refused of those taken off may be
    /// among them: it is the whole that is refused then. Whether it took items off, or gave them other
    /// numbers.
    fn amend(&mut self, message: &Filing) -> Result<bool, Fault> {
        let format = house::format_of(message).map_err(Fault::Engine)?;
        let said = (format.decode)(&message.body, &fondaco_wire::Limits::default()).draft;
        let (Some(draft), Some(said)) = (&self.decoded.draft, said) else { return Ok(false) };
        // One that cannot be applied is not granted.
        let Ok(moved) = moved(draft, &said) else { return Ok(false) };
        let Ok(after) = amended(draft, &said) else { return Ok(false) };
        let new = items(&after).len() > moved.len();
        let now = |item: &u32| moved.iter().find(|(was, _)| was == item).map(|(_, now)| *now);
        for standing in &mut self.refused {
            let Some(refused) = standing.items.take() else { continue };
            let left: Vec<u32> = refused.iter().filter_map(now).collect();
            standing.added |= new;
            let may_be_new = standing.added && left.len() < refused.len();
            standing.items = (!may_be_new).then_some(left);
        }
        let moves = moved.iter().any(|(was, now)| was != now);
        let reshaped = moves || moved.len() != items(draft).len();
        self.decoded.draft = Some(after);
        Ok(reshaped)
    }

    /// What the standing refusals of an agency are about.
    fn of<'f>(&'f self, life: &Life, agency: Token) -> impl Iterator<Item = &'f Standing> {
        let standing = life.refusals_of(agency);
        let own =
            move |s: &&Standing| s.refusal.agency == agency && standing.contains(&s.refusal.time);
        self.refused.iter().filter(own)
    }
}

impl House {
    /// A declaration followed to now, and the messages that asked for amendments.
    fn followed(
        &self,
        main: &Filing,
        log: &[Happened],
    ) -> Result<(Followed, BTreeMap<Request, String>), Fault> {
        let format = house::format_of(main).map_err(Fault::Engine)?;
        let decoded = (format.decode)(&main.body, &fondaco_wire::Limits::default());
        let mut followed = Followed { decoded, refused: Vec::new(), reshaped: 0 };
        let mut asked = BTreeMap::new();
        let results = self.store.results_of(&main.mrn)?;
        for happened in log {
            match happened.event {
                Event::Requested(request) if request.kind == RequestKind::Amend => {
                    asked.insert(request, happened.filing.clone());
                }
                Event::Granted(request) => {
                    let message = asked.get(&request).map(|id| self.store.filing(id));
                    if let Some(message) = message.transpose()?.flatten()
                        && followed.amend(&message)?
                    {
                        followed.reshaped = happened.cursor;
                    }
                }
                Event::Refused(refusal) => {
                    let by = self.store.filing(&happened.filing)?;
                    let came = inspect::came_of(&results, log, happened);
                    let items = by.map(|by| refused_by(&by, came.map(|came| came.control)));
                    // What is not declared as it stood then is no item: such a refusal is of the whole.
                    let declared = followed.decoded.draft.as_ref().map(self::items);
                    let there = |items: &Vec<u32>| {
                        let declared = declared.as_deref().unwrap_or_default();
                        !items.is_empty() && items.iter().all(|item| declared.contains(item))
                    };
                    // Of a result that decides no more nothing is refused.
                    let over = came.is_some_and(|came| !came.decides(&results));
                    let items = if over { Some(Vec::new()) } else { items.filter(there) };
                    followed.refused.push(Standing { refusal, items, added: false });
                }
                _ => {}
            }
        }
        Ok((followed, asked))
    }

    /// What an amendment undoes that is granted now, by which `judged` is the opinion: the open holds of
    /// agencies that an opinion placed, to be looked at again, and the refusals that are over by it; and how
    /// many decisions on single items it was told by.
    pub(crate) fn undoes(
        &self,
        main: &Filing,
        life: &Life,
        request: Request,
        judged: &Value,
    ) -> Result<(Vec<Placed>, Vec<Event>, usize), Fault> {
        let log = self.store.events(&main.mrn, 0, usize::MAX)?;
        let (mut followed, asked) = self.followed(main, &log)?;
        let message = asked.get(&request).map(|id| self.store.filing(id)).transpose()?.flatten();
        let reshaped = message.map(|message| followed.amend(&message)).transpose()?;
        let reshaped = reshaped.unwrap_or_default();
        let mut over = Vec::new();
        for agency in life.refusals() {
            if followed.of(life, agency).all(Standing::is_off) {
                over.push(life.overturns(agency));
            }
        }
        let decided = self.store.decided_items(&main.mrn)?;
        let mut placed = Vec::new();
        for hold in life.open_holds().filter(|hold| !hold.agency.is_empty()) {
            let by = log.iter().find(|h| h.event == Event::Held(hold)).map(|h| &h.filing);
            let by = by.map(|id| self.store.filing(id)).transpose()?.flatten();
            let of_opinion = |f: &Filing| !act::is_said(f) || house::forms_an_opinion(f);
            if let Some(by) = by.filter(of_opinion) {
                let own = key(&hold);
                // The requirement may be about other items by now, with none taken off.
                let others = tasks::items_of(&hold, &by) != tasks::asked_of(&hold, judged);
                let decided = decided.iter().any(|(hold, ..)| *hold == own);
                let begun = reshaped || others || decided;
                placed.push(Placed { hold, begun });
            }
        }
        Ok((placed, over, decided.len()))
    }

    /// The items a declaration has now, and the last event by which some were taken off or got other
    /// numbers; 0 where none was.
    pub(crate) fn items_now(&self, main: &Filing) -> Result<(Vec<u32>, i64), Fault> {
        let log = self.store.events(&main.mrn, 0, usize::MAX)?;
        let (followed, _) = self.followed(main, &log)?;
        Ok((followed.decoded.draft.as_ref().map(items).unwrap_or_default(), followed.reshaped))
    }

    /// Refusals by which nothing is refused that is declared.
    pub(crate) fn off(&self, main: &Filing) -> Result<Vec<Refusal>, Fault> {
        let log = self.store.events(&main.mrn, 0, usize::MAX)?;
        if !log.iter().any(|h| matches!(h.event, Event::Refused(_))) {
            return Ok(Vec::new());
        }
        let (followed, _) = self.followed(main, &log)?;
        let off = followed.refused.iter().filter(|s| s.is_off());
        Ok(off.map(|s| s.refusal).collect())
    }

    /// Whether a refusal of these items, none is all, goes further than those of the agency that stand.
    pub(crate) fn goes_further(
        &self,
        main: &Filing,
        life: &Life,
        agency: Token,
        items: &[u32],
    ) -> Result<bool, Fault> {
        if life.refusal(agency) != Some(false) {
            return Ok(false);
        }
        let log = self.store.events(&main.mrn, 0, usize::MAX)?;
        let (followed, _) = self.followed(main, &log)?;
        let mut refused = Vec::new();
        for standing in followed.of(life, agency) {
            match &standing.items {
                None => return Ok(false),
                Some(items) => refused.extend(items),
            }
        }
        Ok(items.is_empty() || items.iter().any(|item| !refused.contains(item)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::act::ActMessage;
    use crate::store::Sync;

    use super::*;

    /// An amendment of a declaration's delivery term.
    pub(crate) fn term_changed(mrn: &str) -> String {
        format!(
            "<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\"><FunctionCode>13</FunctionCode>\
             <FunctionalReferenceID>COR</FunctionalReferenceID><ID>{mrn}</ID>\
             <TypeCode>COR</TypeCode><Amendment><ChangeReasonCode>21</ChangeReasonCode><Pointer>\
             <SequenceNumeric>1</SequenceNumeric><DocumentSectionCode>42A</DocumentSectionCode>\
             </Pointer><Pointer><SequenceNumeric>1</SequenceNumeric><DocumentSectionCode>67A\
             </DocumentSectionCode></Pointer><Pointer><SequenceNumeric>1</SequenceNumeric>\
             <DocumentSectionCode>22B</DocumentSectionCode><TagID>090</TagID></Pointer></Amendment>\
             <GoodsShipment><TradeTerms><ConditionCode>CPT</ConditionCode></TradeTerms>\
             </GoodsShipment></Declaration>"
        )
    }

    /// A declaration of one item with that item twice.
    fn twice(text: &str) -> String {
        let close = "</GovernmentAgencyGoodsItem>";
        let from = text.find("<GovernmentAgencyGoodsItem>").unwrap();
        let to = text.rfind(close).unwrap() + close.len();
        let second = text[from..to].replacen(">1</SequenceNumeric>", ">2</SequenceNumeric>", 1);
        let mut text = [&text[..to], &*second, &text[to..]].concat();
        for name in
            ["<GoodsItemQuantity>", "<TotalPackageQuantity>", "<InvoiceAmount currencyID=\"GBP\">"]
        {
            let from = text.find(name).unwrap() + name.len();
            let to = from + text[from..].find('<').unwrap();
            let one: fondaco::money::Decimal = text[from..to].parse().unwrap();
            text.replace_range(from..to, &(one + one).to_string());
        }
        text
    }

    /// An officer decides on one item while the amendment waits to be granted: what was decided on the goods as
    /// they were counts for no other goods.
    #[test]
    fn what_is_decided_of_an_item_while_an_amendment_is_granted_is_decided_anew() {
        let dir = tempfile::tempdir().unwrap();
        let house = House::open(dir.path(), "gb", true, Sync::Off).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let path = "/../../data/corpus/gb/014-lamb-gateway.xml";
        let text =
            std::fs::read_to_string(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let format = fondaco_wire::format_of("application/xml").unwrap();
        let files = async |text: &str, key: &str| {
            house.file(format, text.as_bytes(), key, None).await.unwrap().mrn
        };
        let mrn = runtime.block_on(files(&twice(&text), "file"));
        let acts = async |said: Value| {
            let bytes = said.to_string().into_bytes();
            let message: ActMessage = serde_json::from_value(said).unwrap();
            house.act(&mrn, &message, &bytes, &format!("{message:?}")).await
        };
        let asks = term_changed(&mrn);
        runtime.block_on(async {
            files(&asks, "asks").await;
            house.follow().await.unwrap();
            let life = house.store.life(&mrn).unwrap().0;
            let hold =
                life.open_holds().find(|hold| hold.agency.as_str() == "port-health").unwrap();
            // The writer is busy until both wait for it: neither sees what the other says.
            let (go, gone) = std::sync::mpsc::channel::<()>();
            house.store.write(
                move |_| {
                    gone.recv().ok();
                    Ok(())
                },
                drop,
            );
            let lift = json!({"act": "lift", "by": "v", "kind": hold.kind.name(),
                "agency": "port-health", "hold": hold.reason.as_str(), "items": [1]});
            let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": 1});
            let (lifted, granted, ()) =
                tokio::join!(biased; acts(lift), acts(grant), async { drop(go) });
            assert!(lifted.is_ok() && granted.is_ok(), "{lifted:?} {granted:?}");
            let decided = house.store.decided_items(&mrn).unwrap();
            assert_eq!(decided, [(key(&hold), 1, "release".to_owned())]);
            let life = house.store.life(&mrn).unwrap().0;
            let again = Hold { reason: Token::lossy(&format!("{}~1", hold.reason)), ..hold };
            assert_eq!((life.hold(hold), life.hold(again)), (Some(true), Some(false)));
        });
    }
}
