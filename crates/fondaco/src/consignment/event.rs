//! What happens to a declaration, one fact each.
//!
//! Holds always: a fact said twice is the same fact.

use std::fmt;
use std::str::FromStr;

use super::AGAIN;
use crate::token::Token;

/// Why goods are held back, gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldKind {
    /// The agency has not said anything yet.
    Delay,
    /// Documents are wanted or looked at.
    Documents,
    /// A question is put to the trader.
    Query,
    /// The goods are to be examined.
    Examination,
    /// The goods are detained.
    Detention,
}

impl HoldKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Delay, Self::Documents, Self::Query, Self::Examination, Self::Detention];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Documents => "documents",
            Self::Query => "query",
            Self::Examination => "examination",
            Self::Detention => "detention",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// A hold: who holds the goods back, how, and for which reason.
///
/// The three together are its key: the same hold placed twice is one, and once lifted it stays lifted;
/// who wants to look again places another, with a reason of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hold {
    /// How.
    pub kind: HoldKind,
    /// The agency; empty is the customs administration.
    pub agency: Token,
    /// A code of the agency's own, such as the requirement that is not met.
    pub reason: Token,
}

impl Hold {
    /// A hold of the customs administration.
    #[must_use]
    pub fn of_customs(kind: HoldKind) -> Self {
        Self { kind, agency: Token::EMPTY, reason: Token::EMPTY }
    }

    /// Whether its name is one the house gives: to the look an amendment wants, to what a control found, to
    /// what an agency decides again. One that a person placed would stand for it.
    #[must_use]
    pub fn has_own_name(&self) -> bool {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        self.reason.contains(AGAIN)
            || ["amendment ", "result "]
                .iter()
                .any(|of| self.reason.strip_prefix(of).is_some_and(is_number))
    }
}

/// What may be asked for beside the declaration. Source: RKC General Annex 3.27, 4.18 to 4.24, 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// A change of what was declared.
    Amend,
    /// Its end.
    Cancel,
    /// Money back.
    Refund,
    /// That somebody else looks at a decision again.
    Appeal,
}

impl RequestKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Amend, Self::Cancel, Self::Refund, Self::Appeal];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Amend => "amend",
            Self::Cancel => "cancel",
            Self::Refund => "refund",
            Self::Appeal => "appeal",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// A request about a declaration: its number among those about that declaration, and what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// From 1.
    pub number: u32,
    /// What it asks for.
    pub kind: RequestKind,
}

/// A refusal of the goods, or of some items of them, by an agency: the how manyth of that agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Refusal {
    /// The agency; empty is the customs administration.
    pub agency: Token,
    /// From 1.
    pub time: u32,
}

impl Refusal {
    /// The first of an agency.
    #[must_use]
    pub fn first(agency: Token) -> Self {
        Self { agency, time: 1 }
    }
}

/// Something that happened to a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// Lodged before the goods came: registered, not yet accepted.
    Registered,
    /// Returned to the sender with what is wrong.
    Rejected,
    /// The goods came.
    Arrived,
    /// Accepted: from now on it is a legal act.
    Accepted,
    /// Duties and taxes were computed.
    Assessed,
    /// Something has to be paid or secured before the goods may move; the how manyth time the debt is
    /// open, from 1.
    PaymentWanted(u32),
    /// What was declared is otherwise than it was when it was accepted, as the arrival showed.
    Changed,
    /// The declaration is told as it now stands, with the amendments granted up to this request; 0
    /// where there are none.
    Amended(u32),
    /// The goods are held back.
    Held(Hold),
    /// A hold is over.
    Lifted(Hold),
    /// The documents wanted did not come in time, or an agency did not speak in time.
    Overdue(Hold),
    /// An agency refuses the goods, or some items of them.
    Refused(Refusal),
    /// A refusal does not stand any longer, nor one before it.
    Overturned(Refusal),
    /// The account the debt is to be taken from holds too little.
    FundsShort,
    /// The debtor was reminded.
    Reminded,
    /// The debt is secured, and not final: that which was open this time, and every one before.
    Secured(u32),
    /// The debt is final, and paid or deferred: as for [`Event::Secured`].
    Settled(u32),
    /// The goods may move; the debt is not final.
    Released,
    /// The goods may move and nothing is open.
    Cleared,
    /// After its goods were cleared it is told as it stands with the amendments granted since, up to
    /// this request.
    Corrected(u32),
    /// And that they are cleared still.
    StillCleared(u32),
    /// The goods left the place of departure.
    Departed,
    /// It is established that the goods left the territory.
    Exited,
    /// It was not established in time that the goods left.
    ExitUnproved,
    /// The goods did not come in time.
    Expired,
    /// The goods did not leave in time.
    NotDeparted,
    /// The administration ended it.
    Cancelled,
    /// It is dealt with outside the house.
    HandedOver,
    /// Something is asked for beside the declaration.
    Requested(Request),
    /// A request is granted.
    Granted(Request),
    /// A request is denied.
    Denied(Request),
}

/// The text names no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnEvent;

impl std::error::Error for NotAnEvent {}

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such event")
    }
}

impl Event {
    /// Those that carry nothing beside their name.
    pub const PLAIN: [Self; 17] = [
        Self::Registered,
        Self::Rejected,
        Self::Arrived,
        Self::Accepted,
        Self::Assessed,
        Self::Changed,
        Self::FundsShort,
        Self::Reminded,
        Self::Released,
        Self::Cleared,
        Self::Departed,
        Self::Exited,
        Self::ExitUnproved,
        Self::Expired,
        Self::Cancelled,
        Self::HandedOver,
        Self::NotDeparted,
    ];

    /// The name in the store and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Rejected => "rejected",
            Self::Arrived => "arrived",
            Self::Accepted => "accepted",
            Self::Assessed => "assessed",
            Self::PaymentWanted(_) => "payment-wanted",
            Self::Changed => "changed",
            Self::Amended(_) => "amended",
            Self::Held(hold) => match hold.kind {
                HoldKind::Delay => "agency-delayed",
                HoldKind::Documents => "documents-wanted",
                HoldKind::Query => "query-raised",
                HoldKind::Examination => "control-ordered",
                HoldKind::Detention => "detained",
            },
            Self::Lifted(_) => "hold-lifted",
            Self::Overdue(_) => "hold-overdue",
            Self::Refused(_) => "refused",
            Self::Overturned(_) => "refusal-overturned",
            Self::FundsShort => "funds-short",
            Self::Reminded => "payment-reminded",
            Self::Secured(_) => "debt-secured",
            Self::Settled(_) => "debt-settled",
            Self::Released => "released",
            Self::Cleared => "cleared",
            Self::Corrected(_) => "corrected",
            Self::StillCleared(_) => "still-cleared",
            Self::Departed => "departed",
            Self::Exited => "exited",
            Self::ExitUnproved => "exit-unproved",
            Self::Expired => "expired",
            Self::NotDeparted => "not-departed",
            Self::Cancelled => "cancelled",
            Self::HandedOver => "handed-over",
            Self::Requested(request) => match request.kind {
                RequestKind::Amend => "amendment-requested",
                RequestKind::Cancel => "cancellation-requested",
                RequestKind::Refund => "refund-requested",
                RequestKind::Appeal => "appeal-lodged",
            },
            Self::Granted(_) => "request-granted",
            Self::Denied(_) => "request-denied",
        }
    }

    /// What it carries beside its name, as [`Event::read`] takes it: of a hold `kind/agency/reason`,
    /// of a refusal the agency, and behind a stroke which it is, but for the first, of a request
    /// `kind/number`, of a debt the how manyth time it was open, but for the first, of what is told as
    /// amended the number of the request.
    #[must_use]
    pub fn detail(self) -> String {
        match self {
            Self::PaymentWanted(n) | Self::Secured(n) | Self::Settled(n) if n > 1 => n.to_string(),
            Self::Held(h) | Self::Lifted(h) | Self::Overdue(h) => {
                format!("{}/{}/{}", h.kind.name(), h.agency, h.reason)
            }
            Self::Refused(r) | Self::Overturned(r) if r.time > 1 => {
                format!("{}/{}", r.agency, r.time)
            }
            Self::Refused(r) | Self::Overturned(r) => r.agency.to_string(),
            // As stores have it that told of one amendment only.
            Self::Amended(u32::MAX) => String::new(),
            Self::Amended(n) | Self::Corrected(n) | Self::StillCleared(n) => n.to_string(),
            Self::Requested(r) | Self::Granted(r) | Self::Denied(r) => {
                format!("{}/{}", r.kind.name(), r.number)
            }
            _ => String::new(),
        }
    }

    /// The event with this name and detail; a hold, a request or a debt without a detail is the customs
    /// administration's, or the first.
    ///
    /// # Errors
    /// [`NotAnEvent`].
    pub fn read(name: &str, detail: &str) -> Result<Self, NotAnEvent> {
        if let Some(plain) = Self::PLAIN.into_iter().find(|e| e.name() == name) {
            return if detail.is_empty() { Ok(plain) } else { Err(NotAnEvent) };
        }
        let hold = || detail.parse::<Hold>();
        let request = || detail.parse::<Request>();
        let kind = HoldKind::ALL
            .into_iter()
            .find(|kind| Self::Held(Hold::of_customs(*kind)).name() == name);
        if let Some(kind) = kind {
            let own = Hold::of_customs(kind);
            return Ok(Self::Held(if detail.is_empty() { own } else { hold()? }));
        }
        let asked = RequestKind::ALL
            .into_iter()
            .map(|kind| Request { number: 1, kind })
            .find(|r| Self::Requested(*r).name() == name);
        if let Some(first) = asked {
            return Ok(Self::Requested(if detail.is_empty() { first } else { request()? }));
        }
        let refusal = || {
            let (agency, time) = match detail.split_once('/') {
                None => (detail, 1),
                Some((agency, time)) => match time.parse() {
                    Ok(time) if time > 1 => (agency, time),
                    _ => return Err(NotAnEvent),
                },
            };
            let agency = Token::new(agency).map_err(|_| NotAnEvent)?;
            Ok(Refusal { agency, time })
        };
        let time = || match detail.parse() {
            _ if detail.is_empty() => Ok(1),
            Ok(n) if n > 1 => Ok(n),
            _ => Err(NotAnEvent),
        };
        Ok(match name {
            "payment-wanted" => Self::PaymentWanted(time()?),
            "debt-secured" => Self::Secured(time()?),
            "debt-settled" => Self::Settled(time()?),
            "hold-lifted" => Self::Lifted(hold()?),
            "hold-overdue" => Self::Overdue(hold()?),
            "refused" => Self::Refused(refusal()?),
            "refusal-overturned" => Self::Overturned(refusal()?),
            "amended" if detail.is_empty() => Self::Amended(u32::MAX),
            "amended" => Self::Amended(detail.parse().map_err(|_| NotAnEvent)?),
            "corrected" => Self::Corrected(detail.parse().map_err(|_| NotAnEvent)?),
            "still-cleared" => Self::StillCleared(detail.parse().map_err(|_| NotAnEvent)?),
            "request-granted" => Self::Granted(request()?),
            "request-denied" => Self::Denied(request()?),
            _ => return Err(NotAnEvent),
        })
    }

    /// The agency whose hold or refusal it is about; empty is the customs administration, `None` where it
    /// is about neither.
    #[must_use]
    pub fn agency(self) -> Option<Token> {
        match self {
            Self::Held(hold) | Self::Lifted(hold) | Self::Overdue(hold) => Some(hold.agency),
            Self::Refused(refusal) | Self::Overturned(refusal) => Some(refusal.agency),
            _ => None,
        }
    }

    /// The WCO response it is told by (017 of the Response); `None` where nobody is told by one.
    ///
    /// Source: function codes of the response message, as in `docs/protocol/responses.md`.
    #[must_use]
    pub fn response(self) -> Option<&'static str> {
        Some(match self {
            Self::Accepted => "01",
            Self::Registered | Self::Requested(_) => "02",
            Self::Rejected | Self::Expired => "03",
            Self::Held(hold) => match hold.kind {
                HoldKind::Delay => "50",
                HoldKind::Documents => "06",
                HoldKind::Query => "51",
                HoldKind::Examination => "05",
                HoldKind::Detention => "52",
            },
            Self::Amended(_) | Self::Corrected(_) => "07",
            Self::Released => "08",
            Self::Cleared | Self::StillCleared(_) => "09",
            Self::NotDeparted | Self::Cancelled => "10",
            Self::Granted(_) | Self::Denied(_) => "11",
            // What is owed as computed, what is secured, what was final.
            Self::Assessed | Self::Secured(_) | Self::Settled(_) => "13",
            Self::FundsShort => "14",
            Self::Reminded => "15",
            Self::Exited => "16",
            Self::HandedOver => "17",
            Self::ExitUnproved => "18",
            Self::Arrived
            | Self::PaymentWanted(_)
            | Self::Lifted(_)
            | Self::Overdue(_)
            | Self::Refused(_)
            | Self::Overturned(_)
            | Self::Changed
            | Self::Departed => return None,
        })
    }
}

impl FromStr for Hold {
    type Err = NotAnEvent;
    fn from_str(text: &str) -> Result<Self, NotAnEvent> {
        let mut parts = text.splitn(3, '/');
        let mut part = || parts.next().ok_or(NotAnEvent);
        let kind = HoldKind::named(part()?).ok_or(NotAnEvent)?;
        let token = |text: &str| Token::new(text).map_err(|_| NotAnEvent);
        Ok(Self { kind, agency: token(part()?)?, reason: token(part()?)? })
    }
}

impl FromStr for Request {
    type Err = NotAnEvent;
    fn from_str(text: &str) -> Result<Self, NotAnEvent> {
        let (kind, number) = text.split_once('/').ok_or(NotAnEvent)?;
        Ok(Self {
            kind: RequestKind::named(kind).ok_or(NotAnEvent)?,
            number: number.parse().map_err(|_| NotAnEvent)?,
        })
    }
}
