//! The states of a declaration, and what each takes.

use super::RequestKind;

/// Where a declaration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nothing happened yet.
    Draft,
    /// Returned; nothing more can happen to it.
    Rejected,
    /// Registered, waiting for the goods.
    PreLodged,
    /// The goods did not come in time.
    Expired,
    /// Accepted.
    Accepted,
    /// Duties and taxes computed.
    Assessed,
    /// An agency has not spoken yet.
    AwaitingAgency,
    /// Waiting for documents or for somebody to look at them.
    UnderDocumentaryCheck,
    /// A question to the trader is open.
    QueryOpen,
    /// Waiting for an examination of the goods.
    UnderExamination,
    /// The goods are detained.
    Detained,
    /// Nothing holds the goods back but the debt.
    AwaitingPayment,
    /// The goods may move; the debt is not final.
    Released,
    /// The goods may move and nothing is owed.
    Cleared,
    /// Goods that may move were not seen to leave in time.
    AwaitingExit,
    /// The goods left.
    Exited,
    /// Goods that were released are wanted back.
    Recalled,
    /// An agency refuses the goods.
    Refused,
    /// It is dealt with outside the house.
    HandedOver,
    /// The goods did not leave in time.
    NotDeparted,
    /// The administration ended it.
    Cancelled,
    /// It was ended as its declarant asked.
    Withdrawn,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Draft,
        Self::Rejected,
        Self::PreLodged,
        Self::Expired,
        Self::Accepted,
        Self::Assessed,
        Self::AwaitingAgency,
        Self::UnderDocumentaryCheck,
        Self::QueryOpen,
        Self::UnderExamination,
        Self::Detained,
        Self::AwaitingPayment,
        Self::Released,
        Self::Cleared,
        Self::AwaitingExit,
        Self::Exited,
        Self::Recalled,
        Self::Refused,
        Self::HandedOver,
        Self::NotDeparted,
        Self::Cancelled,
        Self::Withdrawn,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Rejected => "rejected",
            Self::PreLodged => "pre-lodged",
            Self::Expired => "expired",
            Self::Accepted => "accepted",
            Self::Assessed => "assessed",
            Self::AwaitingAgency => "awaiting-agency",
            Self::UnderDocumentaryCheck => "under-documentary-check",
            Self::QueryOpen => "query-open",
            Self::UnderExamination => "under-examination",
            Self::Detained => "detained",
            Self::AwaitingPayment => "awaiting-payment",
            Self::Released => "released",
            Self::Cleared => "cleared",
            Self::AwaitingExit => "awaiting-exit",
            Self::Exited => "exited",
            Self::Recalled => "recalled",
            Self::Refused => "refused",
            Self::HandedOver => "handed-over",
            Self::NotDeparted => "not-departed",
            Self::Cancelled => "cancelled",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether the goods may move.
    #[must_use]
    pub fn may_move(self) -> bool {
        matches!(self, Self::Released | Self::Cleared | Self::AwaitingExit | Self::Exited)
    }

    /// Whether nothing is decided on it any more, but for requests and appeals.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Rejected
                | Self::Expired
                | Self::Exited
                | Self::HandedOver
                | Self::NotDeparted
                | Self::Cancelled
                | Self::Withdrawn
        )
    }

    /// Whether a request of this kind may be made of a declaration that stands so: one that is over
    /// is not changed or ended again, and what was never accepted has nothing to refund or appeal
    /// but its rejection.
    #[must_use]
    pub fn takes(self, request: RequestKind) -> bool {
        match request {
            RequestKind::Amend | RequestKind::Cancel => !self.is_over() && self != Self::Draft,
            RequestKind::Refund => !matches!(
                self,
                Self::Draft | Self::Rejected | Self::PreLodged | Self::Expired | Self::Accepted
            ),
            RequestKind::Appeal => !matches!(self, Self::Draft | Self::PreLodged),
        }
    }
}
