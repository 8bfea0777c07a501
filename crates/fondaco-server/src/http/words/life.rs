//! Words for the life of a declaration: what happens to it, where it stands, what to do.

/// As in the table of [`super`]: group, name, English, Chinese, Russian.
pub(super) const TERMS: &[(&str, &str, [&str; 3])] = &[
    (
        "event",
        "payment-wanted",
        [
            "Payment or security is wanted",
            "须缴纳税费或提供担保",
            "Требуется уплата или обеспечение",
        ],
    ),
    (
        "event",
        "changed",
        [
            "Something is otherwise than declared",
            "实际情况与申报不同",
            "Сведения отличаются от заявленных",
        ],
    ),
    (
        "event",
        "amended",
        ["The declaration as it now stands", "报关单修改后内容", "Декларация с изменениями"],
    ),
    (
        "event",
        "corrected",
        [
            "The declaration as it now stands, amended after its goods were cleared",
            "货物放行后经修改的报关单内容",
            "Декларация с изменениями, внесёнными после выпуска",
        ],
    ),
    (
        "event",
        "still-cleared",
        ["The goods are cleared still", "货物仍为已放行", "Товары по-прежнему выпущены"],
    ),
    (
        "event",
        "agency-delayed",
        ["An agency needs more time", "主管部门需要更多时间", "Ведомству нужно больше времени"],
    ),
    ("event", "query-raised", ["A question is put", "提出询问", "Задан вопрос"]),
    ("event", "detained", ["The goods are detained", "货物被扣留", "Товары задержаны"]),
    ("event", "hold-lifted", ["A hold was lifted", "扣留已解除", "Задержка снята"]),
    ("event", "hold-overdue", ["A hold is past its time", "扣留已逾期", "Срок по задержке истёк"]),
    ("event", "refused", ["An agency refused the goods", "主管部门拒绝货物", "Ведомство отказало"]),
    (
        "event",
        "refusal-overturned",
        ["A refusal was overturned", "拒绝决定已撤销", "Отказ отменён"],
    ),
    (
        "event",
        "funds-short",
        ["The account holds too little", "账户余额不足", "На счёте недостаточно средств"],
    ),
    ("event", "payment-reminded", ["The debtor was reminded", "已催缴", "Плательщику напомнили"]),
    ("event", "debt-secured", ["The debt is secured", "税费已担保", "Долг обеспечен"]),
    ("event", "debt-settled", ["The debt is settled", "税费已结清", "Долг погашен"]),
    (
        "event",
        "departed",
        [
            "The goods left the place of departure",
            "货物已离开启运地",
            "Товары убыли из места отправления",
        ],
    ),
    ("event", "exited", ["The goods left the territory", "货物已出境", "Товары вывезены"]),
    (
        "event",
        "exit-unproved",
        [
            "The goods were not seen to leave in time",
            "逾期未确认出境",
            "Вывоз в срок не подтверждён",
        ],
    ),
    (
        "event",
        "expired",
        ["The goods did not come in time", "货物逾期未到", "Товары не прибыли в срок"],
    ),
    (
        "event",
        "not-departed",
        ["The goods did not leave in time", "货物逾期未离境", "Товары не убыли в срок"],
    ),
    ("event", "cancelled", ["The declaration was ended", "报关单已撤销", "Декларация отозвана"]),
    (
        "event",
        "handed-over",
        ["It is dealt with outside the system", "转系统外处理", "Дело ведётся вне системы"],
    ),
    ("event", "refund-requested", ["Money back is asked for", "申请退款", "Запрошен возврат"]),
    ("event", "appeal-lodged", ["A decision is appealed", "提出申诉", "Подана жалоба"]),
    ("event", "request-granted", ["A request was granted", "申请已批准", "Запрос удовлетворён"]),
    ("event", "request-denied", ["A request was denied", "申请被驳回", "В запросе отказано"]),
    ("function", "07", ["changed", "已修改", "изменена"]),
    ("function", "10", ["ended", "已撤销", "завершена без выпуска"]),
    ("function", "11", ["a request is answered", "申请答复", "ответ на запрос"]),
    ("function", "14", ["the account holds too little", "余额不足", "недостаточно средств"]),
    ("function", "15", ["reminder of payment", "催缴通知", "напоминание об уплате"]),
    ("function", "16", ["the goods left", "货物已出境", "товары вывезены"]),
    ("function", "17", ["dealt with otherwise", "另行处理", "рассматривается иначе"]),
    ("function", "18", ["no proof of exit", "出境未证实", "вывоз не подтверждён"]),
    ("function", "50", ["an agency needs time", "主管部门延时", "ведомству нужно время"]),
    ("function", "51", ["a question", "询问", "вопрос"]),
    ("function", "52", ["the goods are detained", "货物被扣留", "товары задержаны"]),
    (
        "state",
        "expired",
        ["Expired: the goods did not come", "已失效：货物未到", "Истекла: товары не прибыли"],
    ),
    ("state", "awaiting-agency", ["Waiting for an agency", "等待主管部门", "Ожидает ведомство"]),
    ("state", "query-open", ["A question is open", "有待答复的询问", "Открыт вопрос"]),
    ("state", "detained", ["Goods detained", "货物被扣留", "Товары задержаны"]),
    ("state", "awaiting-payment", ["Waiting for payment", "等待缴税", "Ожидает уплаты"]),
    ("state", "awaiting-exit", ["Exit not proven", "出境未证实", "Вывоз не подтверждён"]),
    ("state", "exited", ["Goods left", "货物已出境", "Товары вывезены"]),
    ("state", "recalled", ["Recalled after release", "放行后召回", "Отозваны после выпуска"]),
    ("state", "refused", ["Goods refused", "货物被拒绝", "В выпуске отказано"]),
    ("state", "handed-over", ["Dealt with elsewhere", "另行处理", "Рассматривается иначе"]),
    (
        "state",
        "not-departed",
        ["Expired: the goods did not leave", "已失效：货物未离境", "Истекла: товары не убыли"],
    ),
    ("state", "cancelled", ["Ended by the administration", "已被撤销", "Аннулирована"]),
    ("state", "withdrawn", ["Ended as asked", "已按申请撤销", "Отозвана по запросу"]),
    (
        "told",
        "expired",
        [
            "The goods did not come in time. Lodge it again when they come.",
            "货物逾期未到。货物到达后请重新申报。",
            "Товары не прибыли в срок. Подайте декларацию снова, когда прибудут.",
        ],
    ),
    (
        "told",
        "awaiting-agency",
        [
            "An agency has not spoken yet. Nothing is wanted of you.",
            "主管部门尚未答复，无需您采取行动。",
            "Ведомство ещё не ответило. От вас ничего не требуется.",
        ],
    ),
    (
        "told",
        "query-open",
        [
            "Answer the question; the goods may not move until then.",
            "请答复询问，在此之前货物不得移动。",
            "Ответьте на вопрос; до этого товары перемещать нельзя.",
        ],
    ),
    (
        "told",
        "detained",
        [
            "The goods are detained and may not move. You may appeal.",
            "货物被扣留，不得移动。可提出申诉。",
            "Товары задержаны, перемещать их нельзя. Можно обжаловать.",
        ],
    ),
    (
        "told",
        "awaiting-payment",
        [
            "Nothing but the debt holds the goods. They are released when the bank confirms the money, or it is deferred or secured.",
            "货物仅因未缴税费而未放行。银行确认到账、延期缴纳或提供担保后即放行。",
            "Товары удерживает только долг. Выпуск — когда банк подтвердит деньги либо долг отсрочен или обеспечен.",
        ],
    ),
    (
        "told",
        "amount-unknown",
        [
            "What is owed is not known yet: some of it could not be computed. Customs assesses it, by the missing rate or by an amount that an officer states; you are told, and nothing is to be paid before.",
            "应缴金额尚未确定：部分金额未能计算。海关将补充税率或由关员核定金额，届时通知您；在此之前无须缴纳。",
            "Сколько уплатить, ещё неизвестно: часть сумм не рассчитана. Таможня начислит их по недостающей ставке или по решению должностного лица и сообщит; до того платить не нужно.",
        ],
    ),
    (
        "told",
        "awaiting-exit",
        [
            "The goods may leave, but were not seen to leave in time. Show proof of exit.",
            "货物可以出境，但逾期未确认出境。请提交出境证明。",
            "Товары можно вывезти, но вывоз в срок не подтверждён. Представьте доказательство вывоза.",
        ],
    ),
    (
        "told",
        "exited",
        ["The goods left the territory.", "货物已出境。", "Товары покинули территорию."],
    ),
    (
        "told",
        "recalled",
        [
            "The goods were released and are wanted back: bring them to the office.",
            "货物放行后被召回：请将货物送回海关。",
            "Выпущенные товары нужно вернуть: доставьте их в таможенный орган.",
        ],
    ),
    (
        "told",
        "refused",
        [
            "An agency refuses the goods. See its reason; you may appeal.",
            "主管部门拒绝货物。请查看理由；可提出申诉。",
            "Ведомство отказало. См. причину; можно обжаловать.",
        ],
    ),
    (
        "told",
        "handed-over",
        [
            "It is dealt with outside this system.",
            "在本系统之外处理。",
            "Дело ведётся вне этой системы.",
        ],
    ),
    (
        "told",
        "not-departed",
        [
            "The goods did not leave in time; the declaration has no effect any more.",
            "货物逾期未离境，报关单不再有效。",
            "Товары не убыли в срок; декларация больше не действует.",
        ],
    ),
    (
        "told",
        "cancelled",
        [
            "The administration ended the declaration. You may appeal.",
            "海关已撤销报关单。可提出申诉。",
            "Таможня аннулировала декларацию. Можно обжаловать.",
        ],
    ),
    (
        "told",
        "withdrawn",
        [
            "The declaration was ended as you asked.",
            "报关单已按您的申请撤销。",
            "Декларация отозвана по вашему запросу.",
        ],
    ),
    (
        "remedy",
        "act-refused",
        [
            "See why and where the declaration stands; do what its state allows.",
            "请查看原因及报关单状态，并按该状态允许的方式办理。",
            "Посмотрите причину и состояние декларации; сделайте то, что оно позволяет.",
        ],
    ),
    (
        "remedy",
        "reason-wanted",
        [
            "Give one of the reasons listed.",
            "请从所列理由中选择一项。",
            "Укажите одну из перечисленных причин.",
        ],
    ),
    (
        "remedy",
        "amendment-not-applied",
        [
            "Deny it, and ask for one whose pointers lead to what is to be changed.",
            "请驳回，并要求重新提交指向正确的修改。",
            "Откажите и попросите изменение с верными указателями.",
        ],
    ),
];
