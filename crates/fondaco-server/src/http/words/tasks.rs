//! Words for what agencies have to decide, for inspections and for times that are up.

/// As in the table of [`super`]: group, name, English, Chinese, Russian.
pub(super) const TERMS: &[(&str, &str, [&str; 3])] = &[
    ("tasks", "nav", ["Tasks", "待办", "Задачи"]),
    ("tasks", "title", ["What is to be decided", "待决定事项", "Что нужно решить"]),
    (
        "tasks",
        "told",
        [
            "Every agency sees what it has to decide, the oldest due first. Goods move when nobody holds them any more.",
            "各部门可查看须由其决定的事项，最早到期者在前。所有扣留解除后货物方可移动。",
            "Каждое ведомство видит, что ему решать; сначала то, чей срок раньше. Товары движутся, когда их никто не держит.",
        ],
    ),
    ("tasks", "agency", ["Agency", "主管部门", "Ведомство"]),
    ("tasks", "agencies", ["Agencies", "主管部门", "Ведомства"]),
    ("tasks", "customs", ["Customs administration", "海关", "Таможенные органы"]),
    ("tasks", "open", ["Open tasks", "待办数", "Открытых задач"]),
    (
        "tasks",
        "silence",
        ["If it does not speak in time", "逾期未答复时", "Если не ответит в срок"],
    ),
    ("tasks", "hours", ["Hours it has", "时限（小时）", "Срок, часов"]),
    ("tasks", "due", ["Due (UTC)", "到期 (UTC)", "Срок (UTC)"]),
    ("tasks", "no-due", ["no time set", "未设时限", "срок не установлен"]),
    ("tasks", "overdue", ["past its time", "已逾期", "срок истёк"]),
    (
        "tasks",
        "illustrative",
        ["for show, not applied", "仅作示例，不适用", "для примера, не применяется"],
    ),
    ("tasks", "about", ["What it is about", "事由", "О чём"]),
    ("tasks", "do", ["What to do", "如何办理", "Что сделать"]),
    ("tasks", "items", ["Items", "商品项", "Товары №"]),
    ("tasks", "decided", ["decided already", "已决定", "уже решено"]),
    ("tasks", "declaration", ["Declaration", "报关单", "Декларация"]),
    ("tasks", "nothing", ["Nothing is to be decided.", "没有待决定事项。", "Решать нечего."]),
    ("tasks", "more", ["Later ones", "更晚到期", "Более поздние"]),
    (
        "tasks",
        "how",
        [
            "A decision is an act about the declaration; this lifts the first hold for the items named:",
            "决定以对报关单的操作提交；下例就所列商品解除第一项扣留：",
            "Решение — это действие о декларации; так снимается первая задержка с названных товаров:",
        ],
    ),
    (
        "remedy",
        "booking-refused",
        [
            "See why. Take another slot, or join the visit there is; GET /v1/posts says what is free.",
            "请查看原因，另选时段或加入已有预约；GET /v1/posts 列出空闲时段。",
            "Посмотрите причину. Выберите другое время или присоединитесь к назначенному досмотру; свободное время: GET /v1/posts.",
        ],
    ),
    (
        "remedy",
        "result-differs",
        [
            "Send a correction under the device's next number; the result made last decides.",
            "请用设备的下一个编号提交更正；以最后作出的结果为准。",
            "Отправьте исправление под следующим номером устройства; решает последний по времени результат.",
        ],
    ),
    ("visit", "title", ["Inspections", "查验", "Досмотры"]),
    (
        "visit",
        "told",
        [
            "Goods are looked at once for all who hold them: the agencies share a place. What is found ends the hold it is about; the one made last decides.",
            "同一批货物由各部门在同一时段一次查验。查验结果解除相应扣留；以最后作出的结果为准。",
            "Товары осматривают один раз для всех, кто их держит: ведомства делят одно место. Итог снимает свою задержку; решает сделанный последним.",
        ],
    ),
    (
        "visit",
        "link",
        ["Book or put down an inspection", "预约或登记查验", "Записать или оформить досмотр"],
    ),
    ("visit", "book", ["Book", "预约", "Записать"]),
    ("visit", "day", ["Day", "日期", "День"]),
    ("visit", "free", ["Show what is free", "查看空闲时段", "Показать свободное"]),
    ("visit", "places", ["places", "空位", "мест"]),
    (
        "visit",
        "no-place",
        ["Nothing is free on this day.", "当日无空闲时段。", "В этот день свободного нет."],
    ),
    (
        "visit",
        "no-posts",
        [
            "No post is in force on this day: the operator loads them (posts.csv of the pack).",
            "当日没有生效的查验点：由运营方载入（数据包 posts.csv）。",
            "На этот день постов нет: их загружает оператор (posts.csv пакета).",
        ],
    ),
    (
        "visit",
        "nothing-held",
        [
            "No hold is open that a look would end.",
            "没有可通过查验解除的扣留。",
            "Нет задержек, которые снял бы досмотр.",
        ],
    ),
    ("visit", "moves", ["Move a visit there is", "改期已有预约", "Перенести назначенный досмотр"]),
    ("visit", "moves-none", ["none, it is a new one", "否，新预约", "нет, это новый"]),
    (
        "visit",
        "by",
        ["Who books: your own id", "预约人（本人编号）", "Кто записывает: ваш идентификатор"],
    ),
    (
        "visit",
        "by-found",
        ["Who looked: your own id", "查验人（本人编号）", "Кто осматривал: ваш идентификатор"],
    ),
    ("visit", "put-down", ["Put down what was found", "登记查验结果", "Записать итог"]),
    ("visit", "give-up", ["Give this visit up", "取消该预约", "Отменить этот досмотр"]),
    (
        "visit",
        "choose",
        ["Choose a time of a post.", "请选择查验点的时段。", "Выберите время поста."],
    ),
    ("visit", "day-unread", ["There is no such day.", "没有这一天。", "Такого дня нет."]),
    (
        "visit",
        "nothing-found",
        [
            "Say of one control at least what was found.",
            "请至少填写一项查验结果。",
            "Укажите итог хотя бы по одной проверке.",
        ],
    ),
    ("visit", "post", ["Post", "查验点", "Пост"]),
    (
        "visit",
        "slot",
        ["When, on the clock of the post", "时间（查验点当地）", "Когда, по времени поста"],
    ),
    (
        "visit",
        "controls",
        ["What is looked at, and what was found", "查验内容与结果", "Что проверяют и что найдено"],
    ),
    ("visit", "given-up", ["given up", "已取消", "отменён"]),
    ("visit", "waits", ["not looked at yet", "尚未查验", "ещё не проверено"]),
    ("found", "pass", ["as it has to be", "符合要求", "соответствует"]),
    ("found", "detain", ["not so: detained", "不符：扣留", "не соответствует: задержано"]),
    ("found", "refuse", ["not so: refused", "不符：拒绝", "не соответствует: отказано"]),
    ("silence", "nothing", ["nothing follows", "无后果", "ничего не следует"]),
    ("silence", "release", ["the hold is lifted", "扣留自动解除", "задержка снимается"]),
    (
        "silence",
        "escalate",
        ["customs is to see to it", "转由海关处理", "дело переходит к таможне"],
    ),
    (
        "do",
        "delay",
        [
            "Look at the documents. Release it, ask for documents, have the goods examined, or refuse them.",
            "审核单证：放行、要求补充单证、查验货物或拒绝。",
            "Проверьте документы. Снимите задержку, запросите документы, назначьте досмотр или откажите.",
        ],
    ),
    (
        "do",
        "documents",
        [
            "Wait for the documents named; release it when they are there and right.",
            "等待所列单证；单证齐全无误后放行。",
            "Дождитесь указанных документов; снимите задержку, когда они есть и верны.",
        ],
    ),
    (
        "do",
        "query",
        [
            "Wait for the answer to the question; release it when it is answered.",
            "等待对询问的答复；答复后放行。",
            "Дождитесь ответа на вопрос; снимите задержку, когда он дан.",
        ],
    ),
    (
        "do",
        "examination",
        [
            "Book a visit, look at the goods, and put down the result.",
            "预约查验、查看货物并登记结果。",
            "Запишитесь на досмотр, осмотрите товары и внесите результат.",
        ],
    ),
    (
        "do",
        "detention",
        [
            "Decide what becomes of the goods: release or refuse them.",
            "决定货物去向：放行或拒绝。",
            "Решите, что станет с товарами: снимите задержку или откажите.",
        ],
    ),
];
