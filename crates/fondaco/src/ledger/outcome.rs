//! What became of money a bank told, and why an intent is refused, in the words of each language.

use super::refusal::Refusal;
use crate::finding::Trilingual;
use crate::money::{Currency, Money};

/// What became of a part of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All that was asked for is there.
    Matched,
    /// This much is still to come.
    Part(Money),
    /// This much is too much.
    Over(Money),
    /// It was told before; nothing is posted.
    Duplicate {
        /// Whether it was told with another amount or way, so that a person has to look.
        differs: bool,
    },
    /// The request is in this currency; the money is in suspense.
    WrongCurrency(Currency),
    /// It was booked after the last day of the rate the request was made by; the money is in suspense.
    StaleRate,
    /// No one request has its reference, or it gave none or several; the money is in suspense.
    UnknownReference,
    /// The bank has not booked it; nothing is posted.
    NotBooked,
    /// Money left that no refund is waiting for; it is in suspense.
    NotCredit,
    /// A refund was paid out.
    RefundPaid,
    /// The bank took back what it had booked: the payment is undone, or where none is found the money is
    /// in suspense.
    Reversed {
        /// Whether the payment was found.
        found: bool,
    },
}

impl Outcome {
    /// The stable name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Part(_) => "part",
            Self::Over(_) => "over",
            Self::Duplicate { .. } => "duplicate",
            Self::WrongCurrency(_) => "wrong-currency",
            Self::StaleRate => "stale-rate",
            Self::UnknownReference => "unknown-reference",
            Self::NotBooked => "not-booked",
            Self::NotCredit => "not-credit",
            Self::RefundPaid => "refund-paid",
            Self::Reversed { .. } => "reversed",
        }
    }

    /// What became of it, as a sentence.
    #[must_use]
    pub fn text(&self) -> Trilingual {
        let of = |en: &str, zh: &str, ru: &str| Trilingual {
            en: en.to_owned(),
            zh: zh.to_owned(),
            ru: ru.to_owned(),
        };
        let with = |money: &Money, texts: [&str; 3]| {
            let money = format!("{} {}", money.amount, money.currency);
            let [en, zh, ru] = texts.map(|text| text.replace("{}", &money));
            Trilingual { en, zh, ru }
        };
        match self {
            Self::Matched => of(
                "The payment was received in full.",
                "款项已全额到账。",
                "Платёж получен полностью.",
            ),
            Self::Part(left) => with(
                left,
                [
                    "Part of the payment was received; {} is still to be paid.",
                    "仅收到部分款项，尚应缴 {}。",
                    "Получена часть платежа; осталось уплатить {}.",
                ],
            ),
            Self::Over(over) => with(
                over,
                [
                    "More was paid than was asked for: {} too much. It stays yours.",
                    "缴款超出应缴金额 {}，多缴部分仍归缴款人所有。",
                    "Уплачено больше, чем запрошено: излишек {}. Он остаётся за вами.",
                ],
            ),
            Self::Duplicate { differs: false } => of(
                "The bank told of this payment before; it is counted once.",
                "银行此前已通知该笔款项，仅计一次。",
                "Банк уже сообщал об этом платеже; он учтён один раз.",
            ),
            Self::Duplicate { differs: true } => of(
                "The bank told of this payment before, with other figures; nothing was posted and an officer has to look.",
                "银行此前已通知该笔款项，但数据不一致；未入账，须由关员核查。",
                "Банк уже сообщал об этом платеже с другими данными; ничего не проведено, требуется проверка должностным лицом.",
            ),
            Self::WrongCurrency(wanted) => {
                let wanted = wanted.as_str();
                let [en, zh, ru] = [
                    "The payment is in another currency than was asked for ({}); it is kept apart and settles nothing.",
                    "缴款币种与应缴币种（{}）不符；款项暂挂，不抵缴任何税费。",
                    "Платёж в другой валюте, чем запрошено ({}); он учтён отдельно и ничего не погашает.",
                ]
                .map(|text| text.replace("{}", wanted));
                Trilingual { en, zh, ru }
            }
            Self::StaleRate => of(
                "The payment was booked after the last day of its rate of exchange; it is kept apart and settles nothing until an officer deals with it.",
                "款项在汇率有效期之后入账；暂挂，待关员处理前不抵缴任何税费。",
                "Платёж проведён после последнего дня его курса; он учтён отдельно и ничего не погашает, пока его не разберёт должностное лицо.",
            ),
            Self::UnknownReference => of(
                "No payment request has the reference of this payment; it is kept apart and settles nothing.",
                "没有与该款项参考号相符的缴款通知；款项暂挂，不抵缴任何税费。",
                "Ни у одного запроса нет реквизита этого платежа; он учтён отдельно и ничего не погашает.",
            ),
            Self::NotBooked => of(
                "The bank announced the payment but has not booked it; it does not count yet.",
                "银行已预告该笔款项但尚未入账，暂不计入。",
                "Банк сообщил о платеже, но ещё не провёл его; пока он не учитывается.",
            ),
            Self::NotCredit => of(
                "Money left the account and no refund was waiting for it; an officer has to look.",
                "款项自账户转出，但无对应的退款；须由关员核查。",
                "Деньги списаны со счёта, но возврата, который их ждал, нет; требуется проверка должностным лицом.",
            ),
            Self::RefundPaid => of("The refund was paid out.", "退款已支付。", "Возврат выплачен."),
            Self::Reversed { found: true } => of(
                "The bank took the payment back; it counts no more.",
                "银行已撤回该笔款项，不再计入。",
                "Банк отозвал платёж; он больше не учитывается.",
            ),
            Self::Reversed { found: false } => of(
                "The bank took back a payment that was not found; an officer has to look.",
                "银行撤回一笔未能找到的款项；须由关员核查。",
                "Банк отозвал платёж, который не найден; требуется проверка должностным лицом.",
            ),
        }
    }
}

impl Refusal {
    /// Why, as a sentence for whoever asked.
    #[must_use]
    pub fn text(&self) -> Trilingual {
        let (figure, [en, zh, ru]) = self.words();
        let of = |text: &str| text.replace("{}", &figure);
        Trilingual { en: of(en), zh: of(zh), ru: of(ru) }
    }

    /// What goes into the sentence, and the sentence in English, Chinese and Russian.
    fn words(&self) -> (String, [&'static str; 3]) {
        let amount = |money: &Money| format!("{} {}", money.amount.normalize(), money.currency);
        match self {
            Self::Unbalanced(why) => (
                why.to_string(),
                [
                    "The entries do not balance: {}.",
                    "分录借贷不平：{}。",
                    "Проводка не сбалансирована: {}.",
                ],
            ),
            Self::KeyReused(key) => (
                key.to_string(),
                [
                    "The key {} was used for something else.",
                    "幂等键 {} 已用于其他操作。",
                    "Ключ {} уже использован для другой операции.",
                ],
            ),
            Self::NoSuchPosting(key) => (
                key.to_string(),
                ["There is no posting {}.", "不存在记账 {}。", "Проводки {} нет."],
            ),
            Self::AlreadyReversed(key) => (
                key.to_string(),
                [
                    "It was reversed already, by {}.",
                    "该记账已由 {} 冲销。",
                    "Проводка уже сторнирована проводкой {}.",
                ],
            ),
            Self::IsReversal(key) => (
                key.to_string(),
                [
                    "{} is a reversal and is not reversed.",
                    "{} 本身为冲销记账，不得再冲销。",
                    "{} — сторно; сторно не сторнируется.",
                ],
            ),
            Self::NotTheReverse(key) => (
                key.to_string(),
                [
                    "It is not the reverse of {}.",
                    "与 {} 的冲销分录不符。",
                    "Это не обратная проводка к {}.",
                ],
            ),
            Self::NoSuchDebt(debt) => (
                debt.declaration.to_string(),
                ["Nothing was charged on {}.", "{} 尚未计征税款。", "По {} ничего не начислено."],
            ),
            Self::AlreadyCharged(debt) => (
                debt.declaration.to_string(),
                [
                    "{} was charged already; amend it.",
                    "{} 已计征，请作更正。",
                    "По {} уже начислено; нужна корректировка.",
                ],
            ),
            Self::WrongCurrency(currency) => (
                currency.to_string(),
                ["The debt is in {}.", "该税款以 {} 计。", "Обязанность исчислена в валюте {}."],
            ),
            Self::NotAnAmount(amount) => (
                amount.to_string(),
                [
                    "{} is not an amount that can be posted.",
                    "{} 不是可入账的金额。",
                    "{} — не сумма, которую можно провести.",
                ],
            ),
            Self::NotAssessed => (
                String::new(),
                [
                    "Not all of the assessment could be computed, so what is owed is not known.",
                    "税款未能全部计算，应缴金额未知。",
                    "Рассчитано не всё, поэтому сумма к уплате неизвестна.",
                ],
            ),
            Self::NothingToPost => {
                (String::new(), ["There is nothing to post.", "无需记账。", "Проводить нечего."])
            }
            Self::MoreThanOwed(money) => (
                amount(money),
                [
                    "More than is owed: {} is.",
                    "超出应缴金额：应缴 {}。",
                    "Больше, чем причитается: причитается {}.",
                ],
            ),
            Self::OverLimit(money) => (
                amount(money),
                [
                    "Over the limit of the deferment account: {} is left.",
                    "超出汇总征税账户限额：剩余 {}。",
                    "Превышен лимит счёта отсрочки: осталось {}.",
                ],
            ),
            Self::OverGuarantee(money) => (
                amount(money),
                [
                    "More than the guarantee has free: {} is.",
                    "超出担保可用额度：可用 {}。",
                    "Больше свободного остатка обеспечения: свободно {}.",
                ],
            ),
            Self::NotPaid(money) => (
                amount(money),
                [
                    "More than was paid: {} was.",
                    "超出已缴金额：已缴 {}。",
                    "Больше, чем уплачено: уплачено {}.",
                ],
            ),
            Self::StillDue(money) => (
                amount(money),
                [
                    "The debt would be open by it: only {} is over.",
                    "将导致税款未缴清：仅多出 {}。",
                    "Обязанность осталась бы неисполненной: излишек лишь {}.",
                ],
            ),
            Self::MoreThanHeld(money) => (
                amount(money),
                [
                    "More than stands on the account: {} does.",
                    "超出账户余额：余额 {}。",
                    "Больше остатка на счёте: остаток {}.",
                ],
            ),
            Self::OnlyTheBank => (
                String::new(),
                [
                    "Money at a bank is moved only by what the bank tells.",
                    "银行款项只能依据银行通知记账。",
                    "Деньги в банке проводятся только по сообщению банка.",
                ],
            ),
            Self::ForeignAccount(account) => (
                account.to_string(),
                [
                    "{} is not an account of the house.",
                    "{} 不是本机构账户。",
                    "{} — не счёт органа.",
                ],
            ),
            Self::RefundTaken => (
                String::new(),
                [
                    "The id is another refund's.",
                    "该编号已用于其他退款。",
                    "Этот номер уже у другого возврата.",
                ],
            ),
            Self::ReferenceTaken => (
                String::new(),
                [
                    "The reference is another payment request's.",
                    "该参考号已用于其他缴款通知。",
                    "Этот реквизит уже у другого запроса на уплату.",
                ],
            ),
            Self::TooLarge => (
                String::new(),
                [
                    "The figures are too large to be added up.",
                    "数值过大，无法汇总。",
                    "Числа слишком велики, чтобы их сложить.",
                ],
            ),
            Self::NotAtHand(declaration) => (
                declaration.to_string(),
                [
                    "The debts of {} were not looked up; nothing was posted.",
                    "未调取 {} 的税款记录，未作记账。",
                    "Данные об обязанностях по {} не подняты; ничего не проведено.",
                ],
            ),
        }
    }
}
