//! Words of the page on which an officer decides about a declaration.

/// As in the table of [`super`]: group, name, English, Chinese, Russian.
pub(super) const TERMS: &[(&str, &str, [&str; 3])] = &[
    ("decide", "title", ["Decide about", "处理报关单", "Решение по"]),
    (
        "remedy",
        "still-unknown",
        [
            "See which amounts are not known (unknown): state each in amounts, or load the rates they want.",
            "请查看未知金额（unknown）：在 amounts 中逐项填明，或载入所需税率。",
            "Посмотрите, какие суммы неизвестны (unknown): укажите каждую в amounts или загрузите нужные ставки.",
        ],
    ),
    ("decide", "link", ["Decide", "处理", "Решить"]),
    (
        "decide",
        "told",
        [
            "Choose what is to be done. It is kept under your name with a receipt, the trader is told of it at once, and what follows of it follows by itself.",
            "请选择处理方式。处理记录以您的名义留存并出具回执，立即通知申报人，后续程序自动进行。",
            "Выберите, что сделать. Решение сохраняется от вашего имени с квитанцией, декларант узнаёт сразу, остальное следует само.",
        ],
    ),
    ("decide", "what", ["What is to be done", "处理方式", "Что сделать"]),
    ("decide", "lift", ["Lift", "解除", "Снять"]),
    ("decide", "hold", ["Hold", "扣留", "Задержать"]),
    ("decide", "refuse", ["Refuse the goods", "拒绝货物", "Отказать в товарах"]),
    ("decide", "grant", ["Grant", "批准", "Удовлетворить"]),
    ("decide", "deny", ["Deny", "驳回", "Отклонить"]),
    ("decide", "depart", ["The goods left this place", "货物已离开本地", "Товары убыли"]),
    (
        "decide",
        "assess",
        [
            "Assess anew what could not be computed",
            "重新核定未能计算的金额",
            "Начислить заново то, что не удалось рассчитать",
        ],
    ),
    (
        "decide",
        "amounts",
        [
            "Amounts that could not be computed",
            "未能计算的金额",
            "Суммы, которые не удалось рассчитать",
        ],
    ),
    (
        "decide",
        "amounts-hint",
        [
            "State what is to be paid of each, and in the note why so much. A tax that follows from a stated one is computed. Leave them empty where the rates were loaded.",
            "请逐项填明应缴金额，并在备注中说明依据。由已填税额推算的税款自动计算。如税率已载入，可留空。",
            "Укажите, сколько уплатить по каждой, а в примечании — почему столько. Платёж, который считается от указанного, рассчитается сам. Если ставки загружены, оставьте пустым.",
        ],
    ),
    ("decide", "amounts-secured", ["to be secured beside it", "另须担保", "обеспечить сверх того"]),
    (
        "decide",
        "amounts-unread",
        [
            "An amount is a number of at most as many decimals as the currency has, of a tax that is not known.",
            "金额须为数字，小数位数不超过该币种的位数，且仅限未知税款。",
            "Сумма — число с десятичными знаками не более, чем у валюты, и только по неизвестному платежу.",
        ],
    ),
    (
        "decide",
        "amounts-why",
        [
            "Say in the note why so much is owed: the trader reads it as the basis.",
            "请在备注中说明核定依据，申报人将看到该依据。",
            "Напишите в примечании, почему столько: декларант прочтёт это как основание.",
        ],
    ),
    ("decide", "cancel", ["End the declaration", "撤销报关单", "Аннулировать декларацию"]),
    (
        "decide",
        "hand-over",
        [
            "Hand it over, to be dealt with elsewhere",
            "移交其他途径处理",
            "Передать для работы вне системы",
        ],
    ),
    (
        "decide",
        "by",
        ["Who decides: your own id", "处理人（本人编号）", "Кто решает: ваш идентификатор"],
    ),
    ("decide", "agency", ["For which agency", "代表哪个部门", "От какого ведомства"]),
    (
        "decide",
        "agency-hint",
        [
            "Of a hold or a refusal; what is lifted says it itself.",
            "用于扣留或拒绝；解除时以原扣留部门为准。",
            "Для задержки или отказа; снимаемая задержка называет его сама.",
        ],
    ),
    ("decide", "reason", ["Why", "理由", "Причина"]),
    (
        "decide",
        "reason-hint",
        [
            "Wanted of what stops goods or denies a request; the trader reads it with what to do.",
            "扣留、拒绝或驳回时必填；申报人将看到理由及应对办法。",
            "Нужна для задержки, отказа и отклонения; декларант прочтёт её вместе с тем, что делать.",
        ],
    ),
    ("decide", "no-reason", ["none", "无", "нет"]),
    ("decide", "overturns", ["overturns the refusal of", "撤销其拒绝决定：", "отменяет отказ:"]),
    ("decide", "name-of-hold", ["Name of the hold", "扣留名称", "Имя задержки"]),
    (
        "decide",
        "name-of-hold-hint",
        [
            "Only to hold again what was lifted: any word not used yet.",
            "仅在解除后再次扣留时填写：任一未用过的名称。",
            "Только чтобы задержать снова после снятия: любое новое слово.",
        ],
    ),
    (
        "decide",
        "money",
        [
            "A refund or an appeal that is granted here moves no money: what it means for the debt is sent with the grant through the API (money).",
            "在此批准退税或申诉不会变动款项：对税款的处理须随批准通过接口提交（money）。",
            "Удовлетворение возврата или жалобы здесь не двигает денег: решение о долге подаётся вместе с ним через API (money).",
        ],
    ),
    ("decide", "items", ["Items", "商品项", "Товары"]),
    (
        "decide",
        "items-hint",
        [
            "Their numbers, such as 1, 3; empty is the whole declaration.",
            "商品项号，如 1, 3；留空为整份报关单。",
            "Номера через запятую, например 1, 3; пусто — вся декларация.",
        ],
    ),
    ("decide", "note", ["Note", "备注", "Примечание"]),
    ("decide", "button", ["Do it", "确认办理", "Выполнить"]),
    ("decide", "wrong", ["It was not done", "未办理", "Не выполнено"]),
    (
        "decide",
        "choose",
        ["Choose what is to be done.", "请选择处理方式。", "Выберите, что сделать."],
    ),
    ("decide", "name", ["Say who decides.", "请填写处理人。", "Укажите, кто решает."]),
    (
        "decide",
        "numbers",
        [
            "Items are numbers with commas between.",
            "商品项须为以逗号分隔的数字。",
            "Товары — это номера через запятую.",
        ],
    ),
    (
        "decide",
        "fits",
        [
            "A reason is wanted that goes with it:",
            "需选择与之相符的理由：",
            "Нужна подходящая причина:",
        ],
    ),
    (
        "decide",
        "unread",
        ["Something of it is not what it may be.", "所填内容有误。", "Что-то указано неверно."],
    ),
    (
        "decide",
        "foreign",
        [
            "The form was not sent from a page of this house",
            "该表单并非由本系统页面提交",
            "Форма отправлена не со страницы этой системы",
        ],
    ),
    (
        "decide",
        "foreign-told",
        [
            "Nothing was done. Open the declaration here and decide on its page.",
            "未办理任何事项。请在本系统中打开报关单并在其页面处理。",
            "Ничего не сделано. Откройте декларацию здесь и решите на её странице.",
        ],
    ),
    ("held", "documents", ["documents", "单证审核", "проверка документов"]),
    ("held", "examination", ["examination", "查验", "досмотр"]),
    ("held", "query", ["question", "询问", "запрос сведений"]),
    ("held", "delay", ["waiting for the agency", "等待主管部门", "ожидание ведомства"]),
    ("held", "detention", ["detention", "扣押", "арест товаров"]),
    ("asked", "amend", ["amendment", "修改申请", "изменение"]),
    ("asked", "cancel", ["cancellation", "撤销申请", "отзыв"]),
    ("asked", "refund", ["refund", "退税申请", "возврат"]),
    ("asked", "appeal", ["appeal", "申诉", "жалоба"]),
];
