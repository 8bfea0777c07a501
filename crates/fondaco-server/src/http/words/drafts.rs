//! Words for the drafts that came of neighbours' exports.

/// As in the table of [`super`]: group, name, English, Chinese, Russian.
pub(super) const TERMS: &[(&str, &str, [&str; 3])] = &[
    ("drafts", "nav", ["Drafts", "进口草稿", "Черновики"]),
    (
        "drafts",
        "title",
        [
            "Drafts of imports from neighbours",
            "来自邻方的进口报关草稿",
            "Черновики ввоза от соседей",
        ],
    ),
    (
        "drafts",
        "told",
        [
            "What neighbours' houses let go to this country, as drafts of the import. Each value says where it came from; what is open is for the importer.",
            "邻方系统放行至本国的货物，已生成进口报关草稿。每项均注明来源；未填各项由进口方填写。",
            "Что системы соседей выпустили в эту страну, — черновиками ввоза. У каждого значения сказано, откуда оно; незаполненное — за импортёром.",
        ],
    ),
    ("drafts", "caption", ["Drafts, newest first", "草稿，最新在前", "Черновики, сначала новые"]),
    (
        "drafts",
        "empty",
        [
            "No neighbour has sent anything yet.",
            "尚无邻方发来内容。",
            "Соседи пока ничего не прислали.",
        ],
    ),
    ("drafts", "export", ["Export (MRN)", "出口报关单号 (MRN)", "Вывоз (MRN)"]),
    ("drafts", "partner", ["Neighbour", "邻方", "Сосед"]),
    ("drafts", "exporter", ["Exporter", "出口方", "Экспортёр"]),
    ("drafts", "importer", ["Importer", "进口方", "Импортёр"]),
    ("drafts", "goods", ["Goods", "货物", "Товары"]),
    ("drafts", "items", ["Items", "项数", "Позиций"]),
    ("drafts", "filled", ["Filled in", "已填", "Заполнено"]),
    ("drafts", "open", ["Open", "未填", "Не заполнено"]),
    ("drafts", "left", ["Not carried over", "未转入", "Не перенесено"]),
    (
        "drafts",
        "left-told",
        [
            "The export states it, and it is of the law or the registers of the country of export.",
            "出口报关单载明，但属于出口国的法律或登记。",
            "В экспортной декларации указано, но относится к праву или реестрам страны вывоза.",
        ],
    ),
    ("drafts", "taken", ["Taken (UTC)", "接收时间 (UTC)", "Принято (UTC)"]),
    ("drafts", "field", ["Field", "字段", "Поле"]),
    ("drafts", "value", ["Value", "内容", "Значение"]),
    ("drafts", "from", ["From", "来源", "Откуда"]),
    ("drafts", "why", ["Why", "原因", "Почему"]),
    (
        "drafts",
        "findings",
        [
            "What the law in force still asks for",
            "现行法律仍要求",
            "Чего ещё требует действующее право",
        ],
    ),
    (
        "drafts",
        "complete",
        [
            "Download it, fill in what is open, and file it as any declaration.",
            "下载草稿，填写未填各项，然后照常申报。",
            "Скачайте, заполните недостающее и подайте как обычную декларацию.",
        ],
    ),
    ("drafts", "envelope", ["Envelope", "信封", "Конверт"]),
    ("draft-from", "export", ["the export", "出口报关单", "экспортная декларация"]),
    (
        "draft-from",
        "export-six-digits",
        ["the export, six digits", "出口报关单，前六位", "экспортная декларация, шесть цифр"],
    ),
    (
        "draft-from",
        "export-number",
        ["the number of the export", "出口报关单号", "номер экспортной декларации"],
    ),
    ("draft-from", "export-country", ["the country of the house", "邻方所在国", "страна системы"]),
    ("draft-from", "import-country", ["the country of import", "进口国", "страна ввоза"]),
    ("draft-from", "message", ["what the message is", "报文本身", "из вида сообщения"]),
    (
        "remedy",
        "envelope-refused",
        [
            "Look at why and field: send the envelope as it was signed, by a key this house knows.",
            "查看 why 与 field：请按签名原样发送，并使用本系统已知的密钥。",
            "Смотрите why и field: отправьте конверт таким, каким он подписан, ключом, известным этой системе.",
        ],
    ),
    (
        "remedy",
        "envelope-used",
        [
            "The envelope that was taken under this id or number stands, and is named. Make another one with the next number.",
            "以此标识或序号接收的信封有效，已列出。请以下一序号另行生成。",
            "Принятый под этим номером конверт в силе и назван. Составьте другой со следующим номером.",
        ],
    ),
    (
        "remedy",
        "envelope-order",
        [
            "Send the envelope whose number is wanted, then those after it.",
            "请先发送 wanted 所列序号的信封，再发送其后各封。",
            "Отправьте конверт с номером wanted, затем следующие.",
        ],
    ),
    (
        "remedy",
        "envelope-unmade",
        [
            "One of the two houses was restored from an old backup: its numbers are given a second time. Both operators have to look at what stands on each side.",
            "两方系统之一曾由旧备份恢复，序号被重复使用。请双方运营方核对各自所存内容。",
            "Одна из двух систем восстановлена из старой копии: её номера выдаются второй раз. Операторам обеих нужно сверить, что стоит у каждой.",
        ],
    ),
    (
        "remedy",
        "envelope-aside",
        [
            "The operator of this house sees it with its reason. Once that is put right, here or in a new envelope, send it again.",
            "本系统运营方可见该信封及原因。问题在本方解决后可原样重发，或另行生成新信封。",
            "Оператор этой системы видит его и причину. Когда она устранена — здесь или в новом конверте, — отправьте снова.",
        ],
    ),
    (
        "remedy",
        "too-slow",
        [
            "Send the message again over a faster line, or carry envelopes by hand in a file.",
            "请通过更快的线路重发，或以文件方式人工递送信封。",
            "Отправьте снова по более быстрой линии или передайте конверты файлом.",
        ],
    ),
    (
        "remedy",
        "busy",
        [
            "Wait as long as Retry-After says and send the same again.",
            "请按 Retry-After 等待，然后重发相同内容。",
            "Подождите, сколько указано в Retry-After, и отправьте то же снова.",
        ],
    ),
    ("drafts", "standing", ["Stands", "状态", "Положение"]),
    (
        "drafts",
        "filed",
        ["Imports filed of it", "据此申报的进口", "Поданные по нему декларации ввоза"],
    ),
    ("drafts", "aside", ["Put aside", "已搁置", "Отложено"]),
    (
        "drafts",
        "aside-told",
        [
            "These took their number and say what they may not. Look with the neighbour at why; handed over again they are judged again.",
            "这些信封已占用序号，但内容不被允许。请与邻方核对原因；重新递交时将再次判定。",
            "Эти конверты заняли свой номер, но в них стоит недопустимое. Разберите причину с соседом; поданные снова, они рассматриваются снова.",
        ],
    ),
    ("drafts", "number", ["Number", "序号", "Номер"]),
    (
        "drafts",
        "word",
        [
            "The neighbour told of the export of this import since it was filed:",
            "本进口申报之后，邻方就其出口报关单另有通知：",
            "После подачи этой декларации сосед сообщил о её вывозе:",
        ],
    ),
    ("draft-standing", "live", ["As told", "如所告知", "Как сообщено"]),
    (
        "draft-standing",
        "replaced",
        [
            "The export was changed since: a later draft stands in its place.",
            "出口报关单此后已更改：以较新的草稿为准。",
            "Вывоз с тех пор изменён: в силе более поздний черновик.",
        ],
    ),
    (
        "draft-standing",
        "doubt",
        [
            "In doubt: what the neighbour told of this export since is put aside. Ask the neighbour before you rely on it.",
            "存疑：邻方此后就该出口报关单发来的信封已被搁置。采信前请向邻方核实。",
            "Под сомнением: то, что сосед сообщил об этом вывозе с тех пор, отложено. Прежде чем полагаться, спросите соседа.",
        ],
    ),
    (
        "draft-gone",
        "cancelled",
        [
            "The export was cancelled: these goods do not come.",
            "出口报关单已撤销：该货物不会到来。",
            "Вывоз аннулирован: этих товаров не будет.",
        ],
    ),
    (
        "draft-gone",
        "withdrawn",
        [
            "The export was withdrawn by its declarant: these goods do not come.",
            "出口方已撤回出口报关单：该货物不会到来。",
            "Декларант отозвал вывоз: этих товаров не будет.",
        ],
    ),
    (
        "draft-gone",
        "refused",
        [
            "An agency of the country of export refused the goods after they were let go.",
            "出口国主管机关在放行后拒绝了该货物。",
            "Ведомство страны вывоза отказало товарам после выпуска.",
        ],
    ),
    (
        "draft-gone",
        "recalled",
        [
            "The country of export wants the goods back: they are held.",
            "出口国已召回该货物：货物被扣留。",
            "Страна вывоза вернула товары под контроль: они задержаны.",
        ],
    ),
    (
        "draft-gone",
        "handed-over",
        [
            "The export is dealt with elsewhere in the country of export.",
            "该出口已移交出口国其他部门处理。",
            "Вывоз передан в стране вывоза другому органу.",
        ],
    ),
    (
        "draft-gone",
        "not-departed",
        [
            "The goods did not leave the country of export in time.",
            "货物未按期离开出口国。",
            "Товары вовремя не покинули страну вывоза.",
        ],
    ),
    (
        "draft-gone",
        "elsewhere",
        [
            "The goods no longer go to this country.",
            "该货物不再运往本国。",
            "Товары больше не идут в эту страну.",
        ],
    ),
];
