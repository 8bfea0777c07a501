//! Why a figure is unknown and what becomes of a quota claimed, in a stable word and in the words of
//! each language.

use fondaco::allotment::Allotment;
use fondaco::formula::Unknown;
use fondaco::quota::QuotaState;
use fondaco::reference::Cost;

use crate::report::{DrawView, Texts};

/// The reason in a stable word, what is missing, and a sentence.
pub(crate) fn unknown(why: &Unknown) -> (&'static str, String, Texts) {
    let (why, what, text): (_, String, [String; 3]) = match why {
        Unknown::NoValue => (
            "no-value",
            String::new(),
            [
                "The customs value cannot be told: no price is stated, or no rate of exchange is in force.".into(),
                "无法确定完税价格：未申报价格或无有效汇率。".into(),
                "Таможенную стоимость определить нельзя: не указана цена или нет действующего курса.".into(),
            ],
        ),
        Unknown::NoCost(cost) => {
            let [en, zh, ru] = self::cost(cost).unwrap_or([cost; 3]);
            (
                "no-cost",
                (*cost).to_owned(),
                [
                    format!("The value wants {en}, which by the delivery term is not in the price and is not stated: the amounts are computed without it."),
                    format!("完税价格应包括{zh}；按成交方式价格中不含该项，且未申报：金额未计入该项。"),
                    format!("В стоимость входит: {ru}. По условию поставки в цене этого нет, и это не указано: суммы рассчитаны без этого."),
                ],
            )
        }
        Unknown::NoRate(c) => (
            "no-rate",
            c.to_string(),
            [
                format!("No rate of exchange for {c} is in force on the day."),
                format!("当日没有 {c} 的有效汇率。"),
                format!("На этот день нет действующего курса {c}."),
            ],
        ),
        Unknown::NoQuantity(u) => (
            "no-quantity",
            u.to_string(),
            [
                format!("The quantity in {u} is not stated."),
                format!("未申报以 {u} 计的数量。"),
                format!("Не указано количество в {u}."),
            ],
        ),
        Unknown::NoPart(p) => (
            "no-part",
            p.clone(),
            [
                format!("The value or quantity of “{p}” is not stated apart."),
                format!("未单独申报“{p}”的价值或数量。"),
                format!("Не указаны отдельно стоимость или количество: «{p}»."),
            ],
        ),
        Unknown::NoFact(p) => (
            "no-fact",
            p.clone(),
            [
                format!("“{p}” is not stated."),
                format!("未申报“{p}”。"),
                format!("Не указано: «{p}»."),
            ],
        ),
        Unknown::NoMeasure => (
            "no-measure",
            String::new(),
            [
                "The pack holds no rate for this tax on this code.".into(),
                "数据包中没有该税号的该税种税率。".into(),
                "В пакете данных нет ставки этого платежа для этого кода.".into(),
            ],
        ),
        Unknown::ShortCode => (
            "short-code",
            String::new(),
            [
                "Rates of this tax stand under longer codes: the code stated is too short to say which is for these goods.".into(),
                "该税种的税率列于更长的税号之下，所报税号过短，无法确定适用税率。".into(),
                "Ставки этого платежа установлены для более длинных кодов: указанный код слишком короток, чтобы выбрать.".into(),
            ],
        ),
        Unknown::NoPreference(regime, origin) => (
            "no-preference",
            regime.to_string(),
            [
                format!("The preference {regime} is claimed for goods of {origin}, and the pack holds no rate for it on this code; the rate without a claim is not taken instead."),
                format!("对原产于 {origin} 的货物申报了优惠 {regime}，但数据包中没有该税号的相应税率；不以未申报优惠时的税率代替。"),
                format!("Заявлена преференция {regime} для товара из {origin}, но в пакете данных нет её ставки для этого кода; ставка без преференции вместо неё не берётся."),
            ],
        ),
        Unknown::Note(n) => (
            "note",
            n.clone(),
            [
                format!("A note of the tariff bears on this line and is not computed: {n}."),
                format!("税则注释影响本项，未予计算：{n}。"),
                format!("К строке относится примечание тарифа, оно не рассчитано: {n}."),
            ],
        ),
        Unknown::Hangs(on) => (
            "hangs-on",
            on.clone(),
            [
                format!("Whether this rate applies hangs on what is not told: {on}."),
                format!("该税率是否适用取决于未知事项：{on}。"),
                format!("Применяется ли эта ставка, зависит от того, что неизвестно: {on}."),
            ],
        ),
        Unknown::QuotaUntold(order) => (
            "quota-untold",
            order.to_string(),
            [
                format!("The rate is under quota {order}, and whether anything is left of it is not held."),
                format!("该税率适用于配额 {order} 之内，而数据包中没有该配额的余量。"),
                format!("Ставка действует в пределах квоты {order}, а есть ли в ней остаток, неизвестно."),
            ],
        ),
        Unknown::DependsOn(t) => (
            "depends-on",
            t.to_string(),
            [
                format!("Its base includes {t}, which is unknown."),
                format!("其计税基础包含未知的 {t}。"),
                format!("В её основу входит {t}, а эта сумма неизвестна."),
            ],
        ),
        Unknown::TooLarge => (
            "too-large",
            String::new(),
            [
                "The figures are too large to compute exactly.".into(),
                "数字过大，无法精确计算。".into(),
                "Числа слишком велики для точного расчёта.".into(),
            ],
        ),
    };
    let [en, zh, ru] = text;
    (why, what, Texts { en, zh, ru })
}

/// A cost of bringing goods from seller to buyer by its name, in English, Chinese and Russian; `None`
/// where there is none of this name.
#[must_use]
pub fn cost(name: &str) -> Option<[&'static str; 3]> {
    Some(match Cost::named(name)? {
        Cost::Origin => [
            "loading and carriage to where the main carriage begins",
            "装货及运至主运输起点的费用",
            "погрузка и перевозка до начала основной перевозки",
        ],
        Cost::Carriage => [
            "carriage to the place of importation",
            "运抵输入地点的运费",
            "перевозка до места ввоза",
        ],
        Cost::Insurance => ["insurance", "保险费", "страхование"],
        Cost::Unloading => ["unloading", "卸货费", "выгрузка"],
        Cost::CarriageAfter => {
            ["carriage after importation", "输入后的运费", "перевозка после ввоза"]
        }
        Cost::Duties => ["duties and taxes", "进口税费", "пошлины и налоги"],
    })
}

/// What is drawn on a tariff quota, in words.
pub(crate) fn draw(allotment: &Allotment<'_>) -> DrawView {
    let (order, unit) = (allotment.quota.order, allotment.quota.unit);
    let granted = allotment.granted.normalize();
    let wanted = allotment.wanted.map(|w| w.normalize().to_string());
    let text = match (allotment.state, &wanted) {
        (QuotaState::Blocked, _) => Texts {
            en: format!(
                "Nothing is drawn on quota {order} on this day: it is blocked. The rate outside the quota applies."
            ),
            zh: format!("配额 {order} 当日暂停使用，适用配额外税率。"),
            ru: format!(
                "В этот день из квоты {order} ничего не выделяется: она заблокирована. Действует ставка вне квоты."
            ),
        },
        (QuotaState::Exhausted, _) => Texts {
            en: format!("Nothing is left of quota {order}. The rate outside the quota applies."),
            zh: format!("配额 {order} 已用完，适用配额外税率。"),
            ru: format!("Квота {order} исчерпана. Действует ставка вне квоты."),
        },
        (QuotaState::Open | QuotaState::Critical, None) => Texts {
            en: format!(
                "How much would be drawn on quota {order} cannot be told: state the quantity in {unit}."
            ),
            zh: format!("无法确定配额 {order} 的使用量：请申报以 {unit} 计的数量。"),
            ru: format!(
                "Сколько нужно из квоты {order}, определить нельзя: укажите количество в {unit}."
            ),
        },
        (_, Some(wanted)) if allotment.wanted != Some(allotment.granted) => Texts {
            en: format!(
                "Of {wanted} {unit}, {granted} are under quota {order}, which is then used up; the rate outside it applies to the rest."
            ),
            zh: format!(
                "{wanted} {unit} 中有 {granted} 在配额 {order} 之内，该配额随之用完；其余适用配额外税率。"
            ),
            ru: format!(
                "Из {wanted} {unit} в квоту {order} входит {granted}, и она исчерпана; к остальному применяется ставка вне квоты."
            ),
        },
        (QuotaState::Critical, Some(_)) => Texts {
            en: format!(
                "{granted} {unit} are drawn on quota {order}. It is nearly used up: the difference to the rate outside it is secured."
            ),
            zh: format!(
                "使用配额 {order}：{granted} {unit}。该配额即将用完，须就其与配额外税率的差额提供担保。"
            ),
            ru: format!(
                "Из квоты {order} выделяется {granted} {unit}. Она почти исчерпана: обеспечивается разница со ставкой вне квоты."
            ),
        },
        (QuotaState::Open, Some(_)) => Texts {
            en: format!("{granted} {unit} are drawn on quota {order}."),
            zh: format!("使用配额 {order}：{granted} {unit}。"),
            ru: format!("Из квоты {order} выделяется {granted} {unit}."),
        },
    };
    DrawView {
        item: allotment.item,
        order: order.to_string(),
        definition: allotment.quota.definition.to_string(),
        wanted: wanted.unwrap_or_default(),
        granted: granted.to_string(),
        unit: unit.to_string(),
        state: allotment.state.name(),
        text,
    }
}
