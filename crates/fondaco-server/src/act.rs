//! What officers, agencies and ports do about a declaration: an act comes as a message of its own, is
//! lodged like any other, with a receipt, and what follows of it follows in the same commit.

use fondaco::consignment::{
    self, Act, Event, Follows, Hold, HoldKind, NotNow, Request, RequestKind, State,
};
use fondaco::day::Day;
use fondaco::declaration::Message;
use fondaco::finding::Trilingual;
use fondaco::ledger::Refusal;
use fondaco::reference::{DecisionReason, Pack};
use fondaco::token::Token;
use fondaco_wire::Decoded;
use fondaco_wire::report::{Report, Texts};
use fondaco_wire::wco::is_char;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::cli::today;
use crate::consider::{self, When, stated_acceptance};
use crate::determine::{ASSESS, Stated};
use crate::house::{self, House, MOST_TRIES};
use crate::money::{MONEY, MoneyMessage, MoneyRefused, decided};
use crate::replay;
use crate::store::lpco::Lookups;
use crate::store::{self, BANK, Draw, Fault, Filing, Lodge, Lodged, Owed, Writing};
use crate::timers;
use crate::{inspect, lpco};

/// The format of an act in the store.
pub(crate) const FORMAT: &str = "act";

/// An act about a declaration, as it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActMessage {
    /// `hold`, `lift`, `refuse`, `request`, `grant`, `deny`, `assess`, `depart`, `cancel` or `hand-over`.
    pub(crate) act: String,
    /// Who does it: the person's or the system's own id.
    pub(crate) by: String,
    /// Of a hold: `documents`, `examination`, `query`, `delay`, `detention`. Of a request: `amend`,
    /// `cancel`, `refund`, `appeal`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) kind: String,
    /// For which agency; empty is the customs administration.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) agency: String,
    /// Which of several holds of one kind; at most 23 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) hold: String,
    /// The number of the request that is granted or denied.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) request: u32,
    /// Of an appeal that is granted: the agency whose refusal no longer stands; `customs` is the
    /// customs administration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) overturns: Option<String>,
    /// Why, for what stops goods or denies a request: a code of `decision-reasons.csv`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) reason: String,
    /// Anything more, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    /// Item numbers it is about; empty is the whole declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) items: Vec<u32>,
    /// Of a refund or an appeal that is granted: what is decided about its money, posted in the same commit.
    /// Each is a decision about money of the declaration, `cancel` takes back all that is owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) money: Vec<MoneyMessage>,
    /// Of `assess`: what is owed of taxes that could not be computed; why so much is said in `note`. Where it
    /// is empty, the rates are loaded by now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) amounts: Vec<Stated>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What became of an act.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) id: String,
    pub(crate) state: State,
    pub(crate) receipt: String,
    pub(crate) repeated: bool,
}

/// A declaration with an amendment, looked at anew.
struct AsAmended {
    report: Report,
    follows: Follows,
    owed: Option<Box<Owed>>,
    looked: Lookups,
    /// What it draws on tariff quotas.
    draws: Vec<Draw>,
}

/// Why an act is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// There is no such declaration.
    #[error("there is no such declaration")]
    Unknown,
    /// The message says something there is not: which field.
    #[error("{0} is not what it may be")]
    Field(&'static str),
    /// The reason does not go with the act, or there is none.
    #[error("a reason is wanted")]
    Reason,
    /// It cannot be done now.
    #[error("{}", .0.name())]
    NotNow(NotNow),
    /// The declaration as amended would be returned: with what is wrong.
    #[error("the declaration as amended would be returned")]
    Returned(Box<Report>),
    /// Nothing of the declaration is unknown, nor was it stated.
    #[error("nothing of it is unknown")]
    NothingUnknown,
    /// Assessed anew, something that may have to be paid is not known still.
    #[error("amounts are not known still")]
    StillUnknown(Box<Report>),
    /// An amendment of the message points where nothing can be changed: where.
    #[error("the amendment points where nothing can be changed")]
    NotApplied(String),
    /// Whoever answers an appeal, or takes back what was assessed, had no part in what it is about.
    #[error("who decides this had no part in the declaration before")]
    HadPart,
    /// The ledger does not take what is decided about money.
    #[error(transparent)]
    Money(Box<Refusal>),
    /// The Idempotency-Key was used with other bytes.
    #[error("this Idempotency-Key was used for another message")]
    KeyUsed,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why somebody may not decide, in words.
pub(crate) fn had_part() -> Trilingual {
    Trilingual {
        en: "Whoever filed the declaration or did anything about it before does not decide this."
            .to_owned(),
        zh: "申报该报关单或曾参与处理的人员不得作此决定。".to_owned(),
        ru: "Этого не решает тот, кто подал декларацию или уже действовал по ней.".to_owned(),
    }
}

/// Why nothing is assessed anew, in words.
pub(crate) fn nothing_unknown() -> Trilingual {
    Trilingual {
        en: "Nothing of what it owes is unknown: an amendment, a refund or an appeal changes it."
            .to_owned(),
        zh: "其应缴金额均已确定：如需变更，请通过修改、退税或申诉办理。".to_owned(),
        ru: "Всё, что по ней причитается, известно: это меняют изменение, возврат или жалоба."
            .to_owned(),
    }
}

/// Why an act cannot be done now, in words.
pub(crate) fn words(why: NotNow) -> Trilingual {
    let [en, zh, ru] = match why {
        NotNow::NotAccepted => [
            "The declaration is not accepted yet.",
            "报关单尚未被接受。",
            "Декларация ещё не принята.",
        ],
        NotNow::Over(_) => ["The declaration is over.", "报关单已终结。", "Декларация завершена."],
        NotNow::Already => ["It is so already.", "已经如此。", "Это уже сделано."],
        NotNow::LiftedBefore => [
            "This hold was lifted. To hold the goods again, give it a name of its own (hold).",
            "该扣留已解除。如需再次扣留，请另行命名（hold）。",
            "Эта задержка снята. Чтобы задержать снова, дайте ей другое имя (hold).",
        ],
        NotNow::NotHeld => ["There is no such hold.", "没有该扣留。", "Такой задержки нет."],
        NotNow::NotTaken(_) => [
            "A declaration that stands so takes no such request.",
            "报关单在此状态下不接受该申请。",
            "В этом состоянии декларации такой запрос не принимается.",
        ],
        NotNow::NoSuchRequest => {
            ["There is no such request.", "没有该申请。", "Такого запроса нет."]
        }
        NotNow::Answered(_) => {
            ["The request was answered.", "该申请已答复。", "На запрос уже дан ответ."]
        }
        NotNow::OwnName => [
            "Names such as \"amendment 3\", \"result 3\" or with ~ are of holds the house places itself. Give the hold another name (hold).",
            "“amendment 3”“result 3”等名称以及含 ~ 的名称由系统自行设置的扣留使用。请另行命名（hold）。",
            "Имена вида «amendment 3», «result 3» и с ~ носят задержки, которые ставит сама система. Дайте задержке другое имя (hold).",
        ],
        NotNow::NotLeaving => [
            "The declaration does not say that the goods are sent from here to another country.",
            "报关单未申报货物由本地运往其他国家。",
            "По декларации товары не отправляются отсюда в другую страну.",
        ],
        NotNow::NotRefused => [
            "There is no such refusal for this appeal to overturn.",
            "没有可由该申诉撤销的拒绝决定。",
            "Нет отказа, который отменяла бы эта жалоба.",
        ],
        NotNow::NothingOwed => ["Nothing is to be paid.", "无应缴款项。", "Уплачивать нечего."],
    };
    Trilingual { en: en.to_owned(), zh: zh.to_owned(), ru: ru.to_owned() }
}

impl From<MoneyRefused> for Refused {
    fn from(why: MoneyRefused) -> Self {
        match why {
            MoneyRefused::Field(field) => Self::Field(field),
            MoneyRefused::Ledger(refusal) => Self::Money(refusal),
            MoneyRefused::KeyUsed => Self::KeyUsed,
            MoneyRefused::Fault(fault) => Self::Fault(fault),
            MoneyRefused::NoRate(_) | MoneyRefused::Order(_) => Self::Field("money"),
        }
    }
}

impl ActMessage {
    /// What it says, typed.
    fn act(&self) -> Result<Act, Refused> {
        let token = |field, text: &str| Token::new(text).map_err(|_| Refused::Field(field));
        let agency = token("agency", &self.agency)?;
        // What parts the key of a hold where it is written.
        if agency.contains('/') {
            return Err(Refused::Field("agency"));
        }
        let hold = || {
            let kind = HoldKind::named(&self.kind).ok_or(Refused::Field("kind"))?;
            Ok::<_, Refused>(Hold { kind, agency, reason: token("hold", &self.hold)? })
        };
        let kind = || RequestKind::named(&self.kind).ok_or(Refused::Field("kind"));
        let request = || Ok::<_, Refused>(Request { number: self.request, kind: kind()? });
        if self.by.trim().is_empty() {
            return Err(Refused::Field("by"));
        }
        if !self.note.chars().all(is_char) {
            return Err(Refused::Field("note"));
        }
        let posts = self.act == "grant" && matches!(self.kind.as_str(), "refund" | "appeal");
        if !self.money.is_empty() && !posts {
            return Err(Refused::Field("money"));
        }
        if !self.amounts.is_empty() && self.act != ASSESS {
            return Err(Refused::Field("amounts"));
        }
        Ok(match self.act.as_str() {
            "hold" => Act::Hold(hold()?),
            "lift" => Act::Lift(hold()?),
            "refuse" => Act::Refuse { agency, further: false },
            // What is to be changed is said by a message of the declaration's own kind.
            "request" => match kind()? {
                RequestKind::Amend => return Err(Refused::Field("kind")),
                kind => Act::Request(kind),
            },
            "grant" => {
                let overturned = match self.overturns.as_deref() {
                    None => None,
                    Some("customs") => Some(Token::EMPTY),
                    Some(agency) => Some(token("overturns", agency)?),
                };
                Act::Grant(request()?, overturned)
            }
            "deny" => Act::Deny(request()?),
            ASSESS => Act::Assess,
            "depart" => Act::Depart,
            "cancel" => Act::Cancel,
            "hand-over" => Act::HandOver,
            _ => return Err(Refused::Field("act")),
        })
    }

    /// Whether who does it had no part in the declaration before: of an answer to an appeal, and of a refund
    /// that takes back what an assessment charged.
    fn judges(&self, act: Act) -> bool {
        match act {
            Act::Grant(request, _) | Act::Deny(request) if request.kind == RequestKind::Appeal => {
                true
            }
            Act::Grant(..) => self.money.iter().any(MoneyMessage::takes_back_assessed),
            _ => false,
        }
    }

    /// The reason it gives, of the pack in force.
    fn reason<'p>(&self, act: Act, pack: &'p Pack) -> Result<Option<&'p DecisionReason>, Refused> {
        if !act.wants_reason() {
            return Ok(None);
        }
        let mut fitting = self.reasons(pack);
        fitting.find(|r| r.code == self.reason.as_str()).map(Some).ok_or(Refused::Reason)
    }

    /// The reasons that go with it.
    pub(crate) fn reasons<'p>(&self, pack: &'p Pack) -> impl Iterator<Item = &'p DecisionReason> {
        let goes_with = match self.act.as_str() {
            "hold" => format!("hold {}", self.kind),
            act => act.to_owned(),
        };
        reasons_for(pack, goes_with)
    }
}

/// The reasons that go with an act of this name; of a hold with its kind behind it.
pub(crate) fn reasons_for(pack: &Pack, act: String) -> impl Iterator<Item = &DecisionReason> {
    pack.reasons.iter().filter(move |r| r.acts.contains(&act))
}

/// A reason as it is offered.
pub(crate) fn offered(reason: &DecisionReason) -> Value {
    json!({"code": reason.code.as_str(), "text": Texts::from(&reason.text)})
}

impl House {
    /// Does an act about a declaration; waits until it is on the disk.
    pub(crate) async fn act(
        &self,
        mrn: &str,
        message: &ActMessage,
        bytes: &[u8],
        key: &str,
    ) -> Result<Done, Refused> {
        let act = message.act()?;
        if let Some(before) = self.store.by_key(key)? {
            return self.done_before(before, mrn, bytes);
        }
        for _ in 0..MOST_TRIES {
            let main = self.store.filing(mrn)?.filter(|f| f.mrn == mrn && !mrn.is_empty());
            let main = main.ok_or(Refused::Unknown)?;
            let pack = self.pack();
            let reason = message.reason(act, &pack)?;
            let mut judges = message.judges(act);
            if judges && self.store.had_part(mrn, &message.by)? {
                return Err(Refused::HadPart);
            }
            let (life, last) = self.store.life(mrn)?;
            let mut act = act;
            if let Act::Refuse { agency, further } = &mut act {
                *further = self.goes_further(&main, &life, *agency, &message.items)?;
            }
            let mut events = act.happens(&life).map_err(Refused::NotNow)?;
            // What comes in does not leave by its import.
            if act == Act::Depart && !self.leaves(&pack.profile, &main)? {
                return Err(Refused::NotNow(NotNow::NotLeaving));
            }
            if matches!(act, Act::Refuse { .. }) && !message.items.is_empty() {
                // What is not declared is not refused: the next amendment would end it.
                let (declared, _) = self.items_now(&main)?;
                if message.items.iter().any(|item| !declared.contains(item)) {
                    return Err(Refused::Field("items"));
                }
            }
            let (mut owed, mut of_items) = (None, None);
            let (mut looked, mut draws) = (Lookups::default(), Vec::new());
            let mut filing = self.act_filing(&main, message, reason, bytes, key, &pack.digest)?;
            if let Act::Grant(request, _) = act
                && request.kind == RequestKind::Amend
            {
                let decoded = self.as_it_stands(&main)?;
                let on = self.accepted_on(&main)?;
                let accepted = life.has(Event::Accepted);
                let amended = self.amended(&pack, &main, decoded, request, (on, accepted))?;
                let (report, follows) = (amended.report, amended.follows);
                (looked, draws) = (amended.looked, amended.draws);
                owed = amended.owed.filter(|_| accepted);
                filing.on = Some(on.number());
                house::judged(&mut filing, &report)?;
                let judged = serde_json::to_value(&report).unwrap_or_default();
                let (placed, spent, seen) = self.undoes(&main, &life, request, &judged)?;
                of_items = Some(seen);
                let mut more = consignment::after_amendment(&follows, &life, request, &placed);
                if owed.as_ref().is_some_and(|owed| owed.charge.is_some()) {
                    // Whether anything is to be paid by it is for the ledger to say.
                    more.retain(|e| !matches!(e, Event::PaymentWanted(_)));
                }
                events.extend(more);
                events.extend(spent);
            }
            if act == Act::Assess {
                let on = self.accepted_on(&main)?;
                let anew = self.assessed_anew(&pack, &main, message, on)?;
                judges = anew.lowers;
                if judges && self.store.had_part(mrn, &message.by)? {
                    return Err(Refused::HadPart);
                }
                filing.on = Some(on.number());
                (filing.opinion, filing.total, filing.lane) = (anew.opinion, anew.total, anew.lane);
                (owed, looked, draws) = (anew.owed, anew.looked, anew.draws);
            }
            let (id, receipt) = (filing.id.clone(), filing.receipt.clone());
            let (seen, decided_items) = (Some(last), of_items);
            let lodge = Lodge { filing, events, draws, owed, looked, seen, decided_items, judges };
            let parts = self.parts(&main, act, message).await?;
            let intents = decided(&message.money, &message.by, mrn, &id)?;
            let lodged = if !intents.is_empty() {
                let about = mrn.to_owned();
                let posted = move |w: &Writing<'_>| w.lodge_with_money(&lodge, &about, intents);
                match self.store.written(posted).await {
                    Err(Fault::Refused(why)) => return Err(Refused::Money(Box::new(why))),
                    lodged => lodged?,
                }
            } else if parts.is_empty() {
                self.lodge(lodge).await?
            } else {
                self.store.written(move |w| w.lodge_part(lodge, &parts)).await?
            };
            match lodged {
                // Something happened meanwhile: whether it can be done is asked again.
                Lodged::Moved | Lodged::ReferenceUsed => {}
                Lodged::KeyUsed => return Err(Refused::KeyUsed),
                Lodged::Repeated(before) => return self.done_before(*before, mrn, bytes),
                Lodged::Written => {
                    let state = self.state(mrn)?;
                    return Ok(Done { id, state, receipt, repeated: false });
                }
            }
        }
        Err(house::too_many().into())
    }

    /// The day whose law a declaration is judged by: that on which its goods came, where it was lodged
    /// before, otherwise that of its acceptance.
    fn accepted_on(&self, main: &Filing) -> Result<Day, Refused> {
        // Of an arrival there may be no opinion: it is what the declaration was accepted by.
        let log = self.store.events(&main.mrn, 0, usize::MAX)?;
        let by = log.iter().find(|h| h.event == Event::Accepted && h.filing != main.id);
        let came = by.map(|h| self.store.filing(&h.filing)).transpose()?.flatten();
        let number = match (came, main.on) {
            (Some(came), _) => came.on.unwrap_or(came.today),
            (None, Some(on)) => on,
            (None, None) => {
                // As it was filed: no amendment moves a declaration under another day's law.
                let format = house::format_of(main).map_err(Fault::Engine)?;
                let filed = (format.decode)(&main.body, &fondaco_wire::Limits::default());
                let stated = filed.draft.as_ref().and_then(stated_acceptance);
                stated.map_or(main.today, Day::number)
            }
        };
        Day::from_number(number).map_err(|e| Fault::Engine(e.to_string()).into())
    }

    /// The opinion on a declaration, as it stands, with an amendment. What it takes of quotas and of the
    /// register it takes where it is accepted: goods that are still to come take when they come.
    fn amended(
        &self,
        pack: &Pack,
        main: &Filing,
        mut decoded: Decoded,
        request: Request,
        (on, accepted): (Day, bool),
    ) -> Result<AsAmended, Refused> {
        let asked = self.store.events(&main.mrn, 0, usize::MAX)?;
        let asked = asked.into_iter().find(|h| h.event == Event::Requested(request));
        let asked = asked.ok_or(Refused::NotNow(NotNow::NoSuchRequest))?;
        let message = self.store.filing(&asked.filing)?.ok_or(Refused::Unknown)?;
        replay::amend(&mut decoded, &message)?.map_err(|e| Refused::NotApplied(e.to_string()))?;
        let when = When { on: Some(on), today: today(), window: false };
        let (considered, sight) = self.with_known(&main.mrn, |known| {
            consider::again(decoded, pack, when, accepted, main.draw, known)
        })?;
        if considered.declaration.as_ref().is_some_and(|d| d.message != Message::Original) {
            return Err(Refused::NotApplied("it makes no declaration".to_owned()));
        }
        match considered.is_accepted() {
            true => {
                let mut report = considered.report;
                report.message = Message::Amendment.name();
                let declaration = considered.declaration.as_deref();
                let follows = house::follows(pack, &report, declaration);
                let charge = considered.charge;
                let owed =
                    declaration.and_then(|d| self.owed(pack, &main.mrn, d, charge, when.today));
                // What it drew and wrote off before is so no longer, what it is now instead.
                let looked = Lookups::of(sight, pack, considered.checked, accepted);
                let mut draws = considered.draws;
                if !accepted {
                    draws = draws.into_iter().map(Draw::foreseen).collect();
                }
                Ok(AsAmended { report, follows, owed, looked, draws })
            }
            false => Err(Refused::Returned(Box::new(considered.report))),
        }
    }

    fn done_before(&self, before: Filing, mrn: &str, bytes: &[u8]) -> Result<Done, Refused> {
        // The same bytes about another declaration are another message.
        if !house::is_again(&before, FORMAT, bytes) || before.about != mrn {
            return Err(Refused::KeyUsed);
        }
        let state = self.state(&before.about)?;
        Ok(Done { id: before.id, state, receipt: before.receipt, repeated: true })
    }

    fn act_filing(
        &self,
        main: &Filing,
        message: &ActMessage,
        reason: Option<&DecisionReason>,
        bytes: &[u8],
        key: &str,
        bundle: &str,
    ) -> Result<Filing, Fault> {
        let mut filing = Filing {
            about: main.mrn.clone(),
            declarant: message.by.clone(),
            kind: message.act.clone(),
            ..house::sent(FORMAT, bundle, bytes, key)?
        };
        // What the trader is told of it, in the words of the day.
        let opinion = json!({
            "act": message,
            "text": reason.map(|r| Texts::from(&r.text)),
            "remedy": reason.map(|r| Texts::from(&r.remedy)),
        });
        filing.opinion = store::pack(opinion.to_string().as_bytes())?;
        filing.receipt = self.receipt(&filing, &main.mrn);
        Ok(filing)
    }
}

/// Whether a filing says something of a declaration that is no message of its kind: what it says stands as it
/// was said, and no opinion was formed of it.
pub(crate) fn is_said(filing: &Filing) -> bool {
    [
        FORMAT,
        inspect::BOOKING,
        inspect::RESULT,
        timers::FORMAT,
        MONEY,
        BANK,
        lpco::FORMAT,
        crate::tell::FORMAT,
    ]
    .contains(&&*filing.format)
}

/// What a filing says: the act, why and what to do; of one that says what was found of several controls, what
/// it says of this one.
pub(crate) fn said_of(filing: &Filing, control: Option<Hold>) -> Value {
    let said: Value = serde_json::from_slice(&filing.opinion).unwrap_or_default();
    let is = |one: &&Value, hold: Hold| {
        let text = |key: &str| one["act"][key].as_str().unwrap_or_default();
        (text("kind"), text("agency"), text("hold"))
            == (hold.kind.name(), hold.agency.as_str(), hold.reason.as_str())
    };
    let mut controls = said["controls"].as_array().into_iter().flatten();
    let own = control.and_then(|hold| controls.find(|one| is(one, hold)).cloned());
    own.unwrap_or(said)
}

/// What happened, as the trader is told of it beside its name: whose hold, which request.
pub(crate) fn more(event: Event) -> Value {
    let hold = |hold: Hold| json!({"kind": hold.kind.name(), "agency": hold.agency.as_str(), "hold": hold.reason.as_str()});
    match event {
        Event::Held(h) | Event::Lifted(h) | Event::Overdue(h) => hold(h),
        Event::Refused(r) | Event::Overturned(r) => json!({"agency": r.agency.as_str()}),
        Event::Requested(r) | Event::Granted(r) | Event::Denied(r) => {
            json!({"kind": r.kind.name(), "request": r.number})
        }
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Sync;

    #[test]
    fn who_decides_while_the_answer_to_an_appeal_waits_had_a_part() {
        let dir = tempfile::tempdir().unwrap();
        let rows = "code,direction,origin,regime,tax_type,rate,formula,unit,from,until,basis\n\
            9503004100,import,,,A00,4.7,,,2020-01-01,,tcta-2018\n\
            95045000,import,,,A00,0,,,2020-01-01,,tcta-2018\n";
        std::fs::create_dir_all(dir.path().join("pack")).unwrap();
        std::fs::write(dir.path().join("pack/measures-money.csv"), rows).unwrap();
        let house = House::open(dir.path(), "gb", true, Sync::Off).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let path = "/../../data/corpus/gb/008-toys-southampton.xml";
        let text = std::fs::read(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let format = fondaco_wire::format_of("application/xml").unwrap();
        let mrn = runtime.block_on(house.file(format, &text, "file", None)).unwrap().mrn;
        let acts = async |said: Value| {
            let bytes = said.to_string().into_bytes();
            let message: ActMessage = serde_json::from_value(said).unwrap();
            house.act(&mrn, &message, &bytes, &format!("{message:?}")).await
        };
        let decides = async |said: Value| {
            let bytes = said.to_string().into_bytes();
            let message: MoneyMessage = serde_json::from_value(said).unwrap();
            house.money_act(&message, &bytes, &format!("{message:?}")).await.unwrap();
        };
        let of = |act: &str, by: &str| json!({"act": act, "by": by, "guarantee": "g", "amount": "1.00", "currency": "GBP"});
        runtime.block_on(async {
            acts(json!({"act": "request", "by": "trader", "kind": "appeal"})).await.unwrap();
            decides(of("guarantee", "cashier")).await;
            // The writer is busy until both wait for it: neither sees what the other says.
            let (go, gone) = std::sync::mpsc::channel::<()>();
            house.store.write(
                move |_| {
                    gone.recv().ok();
                    Ok(())
                },
                drop,
            );
            let mut secure = of("secure", "judge");
            secure["declaration"] = mrn.clone().into();
            let grant = json!({"act": "grant", "by": "judge", "kind": "appeal", "request": 1});
            let before = house.store.life(&mrn).unwrap();
            let ((), granted, ()) =
                tokio::join!(biased; decides(secure), acts(grant.clone()), async { drop(go) });
            assert!(matches!(granted, Err(Refused::HadPart)), "{granted:?}");
            // What was decided about the money was no event: only who sent it tells.
            assert_eq!(house.store.life(&mrn).unwrap(), before);
            let mut other = grant;
            other["by"] = "other".into();
            acts(other).await.unwrap();
        });
    }
}
