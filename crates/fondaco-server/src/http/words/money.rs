//! Words for money: what is owed, what stands against it, what to do.

/// As in the table of [`super`]: group, name, English, Chinese, Russian.
pub(super) const TERMS: &[(&str, &str, [&str; 3])] = &[
    (
        "label",
        "money-told",
        [
            "By the ledger: debts as they were charged, money as the bank booked it, and what waits for a decision. Every currency sums to nothing.",
            "依账簿：已计征的税费、银行已入账的款项，以及待决定事项。各币种合计均为零。",
            "По учёту: начисленные долги, деньги, проведённые банком, и то, что ждёт решения. По каждой валюте сумма равна нулю.",
        ],
    ),
    ("label", "money-by-currency", ["By currency", "按币种", "По валютам"]),
    ("label", "money-how", ["How to pay", "如何缴款", "Как уплатить"]),
    (
        "remedy",
        "bank-message-refused",
        [
            "Each problem has its line and path. Have the bank send the message again; what was sent is kept under its id.",
            "每个问题都标明行号和路径。请银行重新发送报文；已发送的内容按其 ID 保存。",
            "У каждой ошибки указаны строка и путь. Попросите банк прислать сообщение заново; присланное хранится под своим номером.",
        ],
    ),
    (
        "remedy",
        "not-the-bank",
        [
            "Send the bank's JWS over the digest of the message in the header Bank-Signature; the key is one of money.toml.",
            "请在 Bank-Signature 标头中附上银行对报文摘要的 JWS 签名；密钥须列于 money.toml。",
            "Передайте в заголовке Bank-Signature подпись банка (JWS) под дайджестом сообщения; ключ должен быть в money.toml.",
        ],
    ),
    (
        "remedy",
        "money-refused",
        [
            "See what is owed and what stands against it, and decide within that.",
            "请查看应缴数额及已抵缴数额，并在此范围内决定。",
            "Посмотрите, сколько причитается и что это покрывает, и решайте в этих пределах.",
        ],
    ),
    (
        "remedy",
        "no-rate",
        [
            "Have the operator load today's official rate with its source, or pay in the currency of the debt.",
            "请运营方载入当日官方汇率及其来源，或以税费币种缴纳。",
            "Попросите оператора загрузить официальный курс на сегодня с источником или платите в валюте долга.",
        ],
    ),
    (
        "remedy",
        "order-refused",
        [
            "See the element that cannot be written, or decide a refund first.",
            "请查看无法写入的要素，或先作出退款决定。",
            "Посмотрите, какой элемент нельзя записать, или сначала примите решение о возврате.",
        ],
    ),
    ("money", "open", ["Nothing was paid yet", "尚未缴纳", "Ещё ничего не уплачено"]),
    ("money", "part", ["Paid in part", "部分缴纳", "Уплачено частично"]),
    ("money", "secured", ["Deferred or secured", "已延期缴纳或已担保", "Отсрочено или обеспечено"]),
    ("money", "paid", ["Paid", "已缴清", "Уплачено"]),
    ("money", "over", ["More was paid than is owed", "多缴", "Уплачено больше, чем причитается"]),
    ("label", "money", ["Money", "资金", "Деньги"]),
    ("label", "debt", ["What is owed", "应缴", "Причитается"]),
    ("label", "money-due", ["Charged", "应缴税费", "Начислено"]),
    ("label", "money-contingent", ["To be secured", "须担保", "Подлежит обеспечению"]),
    ("label", "money-received", ["Received", "已收", "Получено"]),
    ("label", "money-deferred", ["Deferred", "已延期", "Отсрочено"]),
    ("label", "money-secured", ["Secured", "已担保", "Обеспечено"]),
    ("label", "money-outstanding", ["Still to pay", "尚应缴纳", "Осталось уплатить"]),
    ("label", "money-debtor", ["Debtor", "缴款人", "Плательщик"]),
    (
        "label",
        "money-pay",
        [
            "Pay this amount and give this reference, nothing else: goods are released when the bank has booked it.",
            "请按此金额缴款，并只填写此参考号：银行入账后货物即予放行。",
            "Уплатите эту сумму и укажите только этот реквизит: товары выпускаются, когда банк проведёт платёж.",
        ],
    ),
    ("label", "money-reference", ["Reference", "缴款参考号", "Реквизит платежа"]),
    ("label", "money-account", ["Account", "账户", "Счёт"]),
    ("label", "money-amount", ["Amount", "金额", "Сумма"]),
    ("label", "money-currency", ["Currency", "币种", "Валюта"]),
    ("label", "money-debts", ["Debts", "税费笔数", "Долги"]),
    ("label", "money-paid", ["Paid", "已缴清", "Уплачено"]),
    ("label", "money-open", ["Open", "未缴", "Открыто"]),
    ("label", "money-share", ["Settled, %", "已结清，%", "Погашено, %"]),
    (
        "label",
        "money-share-all",
        ["Of all settled debts, %", "占全部已结清，%", "От всех погашенных, %"],
    ),
    (
        "label",
        "money-suspense",
        ["Money that found no debt", "未对应税费的款项", "Невыясненные деньги"],
    ),
    ("label", "money-refunds", ["Refunds to be paid out", "待付退款", "Возвраты к выплате"]),
    ("label", "money-deferments", ["Deferment accounts", "延期缴款账户", "Счета отсрочки"]),
    ("label", "money-guarantees", ["Guarantees", "担保", "Обеспечения"]),
    ("label", "money-limit", ["Limit", "限额", "Лимит"]),
    ("label", "money-used", ["Used", "已用", "Использовано"]),
    ("label", "money-holders", ["May be used by", "可使用人", "Кто может использовать"]),
    ("label", "money-at-banks", ["At banks", "银行存款", "В банках"]),
    (
        "label",
        "money-none",
        ["Nothing was charged yet.", "尚无应缴税费。", "Ещё ничего не начислено."],
    ),
    (
        "label",
        "money-no-account",
        [
            "The operator has named no account in this currency (money.toml).",
            "运营方尚未指定该币种的收款账户（money.toml）。",
            "Оператор не назвал счёта в этой валюте (money.toml).",
        ],
    ),
];
