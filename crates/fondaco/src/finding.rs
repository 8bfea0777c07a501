//! What is wrong with the data, said all at once and so that it can be mended.
//!
//! A finding has a stable code, a place in three notations (WCO pointer, XPath, JSON Pointer), the
//! value seen, what is wanted, how to mend it and why it is asked, in Chinese, Russian and English.
//! `docs/findings.md` is generated from the table here.

use std::fmt;

/// A language of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
    /// Russian.
    Ru,
}

impl Language {
    /// All of them, in the order of every table.
    pub const ALL: [Self; 3] = [Self::En, Self::Zh, Self::Ru];

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
            Self::Ru => "ru",
        }
    }

    /// The language with this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.tag() == tag)
    }
}

/// A text in the three languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trilingual {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
    /// Russian.
    pub ru: String,
}

impl Trilingual {
    /// The text in one of them; English where that one is empty.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        let text = match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
            Language::Ru => &self.ru,
        };
        if text.is_empty() { &self.en } else { text }
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the filing goes on.
    Warning,
    /// The filing is returned.
    Error,
}

impl Severity {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One row of the table of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// The stable code.
    pub code: &'static str,
    /// How grave.
    pub severity: Severity,
    /// What is wrong; `{value}`, `{wanted}` and `{name}` are filled in. English, Chinese, Russian.
    pub text: [&'static str; 3],
    /// How to mend it.
    pub remedy: [&'static str; 3],
    /// Why it is asked.
    pub basis: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal $severity:ident $basis:literal
        { $en:literal $zh:literal $ru:literal } { $men:literal $mzh:literal $mru:literal })*) => {
        /// The kinds of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }
        impl Code {
            /// Every kind, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Its row.
            #[must_use]
            pub fn row(self) -> &'static CodeRow {
                match self { $(Self::$name => &CodeRow {
                    code: $code, severity: Severity::$severity, basis: $basis,
                    text: [$en, $zh, $ru], remedy: [$men, $mzh, $mru],
                },)* }
            }
        }
    };
}

codes! {
    /// The bytes are not a well-formed document.
    NotWellFormed = "FD101" Error "W3C XML 1.0; RFC 8259"
    { "The document is not well formed: {value}." "报文格式有误：{value}。" "Документ синтаксически неверен: {value}." }
    { "Send the file again as your software wrote it, complete and unedited." "请重新发送由软件生成的完整、未改动的文件。" "Отправьте файл повторно целиком, в том виде, в каком его создала программа." }
    /// The encoding is neither UTF-8 nor what the document says.
    Encoding = "FD102" Error "W3C XML 1.0, 4.3.3"
    { "The document is not in UTF-8: {value}." "报文不是 UTF-8 编码：{value}。" "Документ не в кодировке UTF-8: {value}." }
    { "Save it as UTF-8 and say so in the first line." "请以 UTF-8 编码保存，并在首行注明。" "Сохраните его в UTF-8 и укажите это в первой строке." }
    /// A document type declaration or an entity of its own.
    Dtd = "FD103" Error "OWASP ASVS 5, V1.5.1"
    { "The document carries a document type declaration or entities; these are not read." "报文含有文档类型定义或自定义实体，系统不予读取。" "Документ содержит DTD или собственные сущности; они не читаются." }
    { "Remove the <!DOCTYPE> and write the characters themselves." "请删除 <!DOCTYPE>，直接书写字符。" "Удалите <!DOCTYPE> и запишите сами символы." }
    /// Nested deeper than any declaration.
    TooDeep = "FD104" Error "Fondaco limits"
    { "The document is nested deeper than {wanted} levels." "报文嵌套超过 {wanted} 层。" "Вложенность документа больше {wanted} уровней." }
    { "A declaration has at most a dozen levels; check what wrote this file." "报关单最多十余层，请检查生成该文件的程序。" "В декларации не больше дюжины уровней; проверьте программу, создавшую файл." }
    /// Larger than a declaration may be.
    TooLarge = "FD105" Error "Fondaco limits"
    { "The document is larger than {wanted}." "报文超过 {wanted}。" "Документ больше {wanted}." }
    { "Split the consignment, or ask the office for bulk filing." "请拆分申报，或向海关申请批量申报。" "Разделите партию или запросите у органа пакетную подачу." }
    /// No declaration inside.
    NotADeclaration = "FD106" Error "WCO DM 3.6, 42A"
    { "The document holds no Declaration; its outermost element is {value}." "报文中没有 Declaration，最外层元素是 {value}。" "В документе нет элемента Declaration; внешний элемент — {value}." }
    { "Send a WCO Declaration, alone or within MetaData." "请发送 WCO Declaration，可单独或置于 MetaData 中。" "Отправьте WCO Declaration, отдельно или внутри MetaData." }
    /// More than one declaration inside.
    SeveralDeclarations = "FD107" Error "WCO DM 3.6, 42A"
    { "The document holds more than one Declaration." "报文中有多个 Declaration。" "В документе больше одного элемента Declaration." }
    { "Send each declaration as a message of its own." "请将每份报关单作为单独的报文发送。" "Отправляйте каждую декларацию отдельным сообщением." }
    /// An element the model has not.
    ElementUnknown = "FD201" Error "WCO DM 3.6"
    { "{name} has no element {value}." "{name} 中没有元素 {value}。" "В {name} нет элемента {value}." }
    { "Check the spelling and the place; wanted here: {wanted}." "请检查拼写和位置；此处可用：{wanted}。" "Проверьте написание и место; здесь допустимо: {wanted}." }
    /// An element after one it should precede.
    ElementOrder = "FD202" Error "WCO DM 3.6, order of the class"
    { "{value} stands after {wanted}, which it must precede." "{value} 位于 {wanted} 之后，应在其之前。" "{value} стоит после {wanted}, а должен стоять перед ним." }
    { "Put the elements in the order of the data model." "请按数据模型的顺序排列元素。" "Расположите элементы в порядке модели данных." }
    /// A required element is not there.
    ElementMissing = "FD203" Error "WCO DM 3.6, cardinality"
    { "{value} is missing from {name}." "{name} 缺少 {value}。" "В {name} нет {value}." }
    { "Add it." "请补充。" "Добавьте его." }
    /// More of an element than the model allows.
    ElementRepeated = "FD204" Error "WCO DM 3.6, cardinality"
    { "{value} may stand at most {wanted} time(s) here." "{value} 在此最多出现 {wanted} 次。" "{value} может стоять здесь не более {wanted} раз." }
    { "Keep one and remove the others." "请保留一个，删除其余。" "Оставьте один, остальные удалите." }
    /// Text directly within a class.
    TextInClass = "FD205" Error "WCO DM 3.6"
    { "{name} is a class and holds the text “{value}”." "{name} 是类，却含有文本“{value}”。" "{name} — класс, но содержит текст «{value}»." }
    { "Put the text into the element it belongs to." "请将文本放入相应的元素。" "Поместите текст в соответствующий элемент." }
    /// An attribute the element has not.
    AttributeUnknown = "FD206" Error "WCO DM 3.6"
    { "{name} has no attribute {value}." "{name} 没有属性 {value}。" "У {name} нет атрибута {value}." }
    { "Remove it; allowed: {wanted}." "请删除；允许的属性：{wanted}。" "Удалите его; допустимы: {wanted}." }
    /// A required attribute is not there.
    AttributeMissing = "FD207" Error "WCO DM 3.6"
    { "{name} needs the attribute {wanted}." "{name} 需要属性 {wanted}。" "У {name} должен быть атрибут {wanted}." }
    { "Add it." "请补充。" "Добавьте его." }
    /// An attribute's value breaks its rules.
    AttributeValue = "FD208" Error "WCO DM 3.6; ISO 4217; UN/ECE Rec 20"
    { "“{value}” cannot be the attribute of {name}: want {wanted}." "“{value}”不能作为 {name} 的属性值，应为 {wanted}。" "«{value}» не может быть атрибутом {name}: нужно {wanted}." }
    { "Correct the value." "请更正该值。" "Исправьте значение." }
    /// An element from a namespace that is not the model's.
    NamespaceUnknown = "FD209" Warning "W3C XML Namespaces"
    { "The namespace “{value}” is not that of the WCO declaration; it was read as if it were." "命名空间“{value}”不是 WCO 报关单的命名空间，已按其读取。" "Пространство имён «{value}» не относится к декларации ВТамО; прочитано как она." }
    { "Use {wanted}." "请使用 {wanted}。" "Используйте {wanted}." }
    /// A prefix glued to a name.
    NameGlued = "FD210" Warning "W3C XML Namespaces"
    { "{value} was read as {wanted}: the prefix has lost its colon." "{value} 已按 {wanted} 读取：前缀丢失了冒号。" "{value} прочитано как {wanted}: у префикса пропало двоеточие." }
    { "Write the prefix with its colon, or none." "请写出带冒号的前缀，或不写前缀。" "Запишите префикс с двоеточием или без префикса." }
    /// Nothing stated where something must be.
    ValueBlank = "FD301" Error "WCO DM 3.6, format of the element"
    { "{name} is blank or broken over lines." "{name} 为空或含换行。" "{name} не заполнен или содержит перенос строки." }
    { "State it on one line, or leave the element out." "请在一行内填写，或删除该元素。" "Заполните его в одну строку или уберите элемент." }
    /// More characters than allowed.
    ValueTooLong = "FD302" Error "WCO DM 3.6, format of the element"
    { "{name} has more than {wanted} characters: “{value}”." "{name} 超过 {wanted} 个字符：“{value}”。" "В {name} больше {wanted} знаков: «{value}»." }
    { "Shorten it." "请缩短。" "Сократите его." }
    /// Not the exact number of characters.
    ValueLength = "FD303" Error "WCO DM 3.6, format of the element"
    { "{name} must have exactly {wanted} characters, not “{value}”." "{name} 必须恰好为 {wanted} 个字符，而非“{value}”。" "В {name} должно быть ровно {wanted} знака(ов), а не «{value}»." }
    { "State the full code." "请填写完整代码。" "Укажите код полностью." }
    /// Something else than Latin letters.
    ValueNotLetters = "FD304" Error "WCO DM 3.6, format of the element"
    { "{name} takes Latin letters only, not “{value}”." "{name} 只能用拉丁字母，而非“{value}”。" "{name} допускает только латинские буквы, а не «{value}»." }
    { "State the code in letters." "请用字母填写代码。" "Укажите код буквами." }
    /// Something else than digits.
    ValueNotDigits = "FD305" Error "WCO DM 3.6, format of the element"
    { "{name} takes digits only, not “{value}”." "{name} 只能用数字，而非“{value}”。" "{name} допускает только цифры, а не «{value}»." }
    { "State the code in digits." "请用数字填写代码。" "Укажите код цифрами." }
    /// Not a plain decimal.
    ValueNotNumber = "FD306" Error "WCO DM 3.6, format of the element"
    { "{name} is not a number: “{value}”." "{name} 不是数字：“{value}”。" "{name} — не число: «{value}»." }
    { "Write digits with a point for the fraction, no separators, no exponent." "请用数字书写，小数用点，不用分隔符和指数。" "Запишите цифрами, дробь через точку, без разделителей и экспоненты." }
    /// Too many significant digits.
    ValueDigits = "FD307" Error "WCO DM 3.6, format of the element"
    { "{name} has more than {wanted} digits: {value}." "{name} 超过 {wanted} 位数字：{value}。" "В {name} больше {wanted} цифр: {value}." }
    { "Check the figure." "请核对数字。" "Проверьте число." }
    /// Too many digits after the point.
    ValueFraction = "FD308" Error "WCO DM 3.6, format of the element"
    { "{name} has more than {wanted} digits after the point: {value}." "{name} 小数超过 {wanted} 位：{value}。" "В {name} больше {wanted} знаков после точки: {value}." }
    { "Round it." "请四舍五入。" "Округлите его." }
    /// Not one of the values the model lists.
    ValueNotListed = "FD309" Error "WCO DM 3.6, code list of the element"
    { "{name} cannot be “{value}”: want one of {wanted}." "{name} 不能是“{value}”，应为 {wanted} 之一。" "{name} не может быть «{value}»: нужно одно из {wanted}." }
    { "Choose a listed value." "请选择所列的值。" "Выберите значение из списка." }
    /// Not a date or a date and time.
    ValueNotDateTime = "FD310" Error "UN/EDIFACT 2379, 102 and 304"
    { "{name} is not a date: “{value}”." "{name} 不是日期：“{value}”。" "{name} — не дата: «{value}»." }
    { "Write YYYYMMDD, or YYYYMMDDhhmmss and Z or +hh." "请写成 YYYYMMDD，或 YYYYMMDDhhmmss 加 Z 或 +hh。" "Запишите ГГГГММДД или ГГГГММДДччммсс и Z или +чч." }
    /// The calendar has no such day.
    DateImpossible = "FD401" Error "WCO DM 3.6, 023"
    { "There is no such day: {value}." "没有这一天：{value}。" "Такого дня нет: {value}." }
    { "Correct the date." "请更正日期。" "Исправьте дату." }
    /// A date after the day of filing.
    DateInFuture = "FD402" Error "RKC General Annex 3.11; pack rule on acceptance"
    { "{name} lies in the future: {value}; today is {wanted}." "{name} 在未来：{value}；今天是 {wanted}。" "{name} в будущем: {value}; сегодня {wanted}." }
    { "State the day the goods were entered, or leave it out." "请填写货物实际入境日期，或不填。" "Укажите фактический день или не заполняйте." }
    /// A date longer ago than the law allows.
    DateTooOld = "FD403" Error "pack rule on acceptance"
    { "{name} is more than {wanted} days ago: {value}." "{name} 早于 {wanted} 天前：{value}。" "{name} более {wanted} дней назад: {value}." }
    { "Leave the date out, so that the day of filing counts, or ask the office how to declare late." "请不填该日期，以申报当日为准；逾期申报请咨询海关。" "Не указывайте дату: считается день подачи; как подать с опозданием, спросите у органа." }
    /// A code that is on no list in force.
    CodeUnknown = "FD404" Error "code list of the pack, on the day"
    { "“{value}” is no code in force of the list: {wanted}." "“{value}”不是{wanted}的有效代码。" "«{value}» не значится среди действующих кодов: {wanted}." }
    { "Choose a code from the list in force on the day." "请选用当日有效列表中的代码。" "Выберите код из списка, действующего на этот день." }
    /// A figure below zero.
    Negative = "FD405" Error "WCO DM 3.6, format of the element"
    { "{name} is below zero: {value}." "{name} 小于零：{value}。" "{name} меньше нуля: {value}." }
    { "State what is declared; corrections are made by amendment." "请填写申报数；更正请用修改申报。" "Укажите заявленное; исправления подаются изменением." }
    /// A total that is not the sum of its parts.
    TotalMismatch = "FD406" Error "RKC General Annex 3.11"
    { "{name} is {value}, but the items add up to {wanted}." "{name} 为 {value}，而各项合计为 {wanted}。" "{name} равно {value}, но по товарам выходит {wanted}." }
    { "Correct the total or the items." "请更正总数或各项。" "Исправьте итог или товары." }
    /// Net above gross.
    NetAboveGross = "FD407" Error "WCO DM 3.6, 126 and 128"
    { "The net mass {value} is above the gross mass {wanted}." "净重 {value} 大于毛重 {wanted}。" "Вес нетто {value} больше веса брутто {wanted}." }
    { "Correct one of the two." "请更正其中之一。" "Исправьте одно из двух." }
    /// Item numbers that do not run 1, 2, 3.
    SequenceBroken = "FD408" Error "WCO DM 3.6, 006"
    { "The item is numbered {value}; wanted {wanted}." "商品项序号为 {value}，应为 {wanted}。" "Товар имеет номер {value}; нужно {wanted}." }
    { "Number the items 1, 2, 3 without gap or repeat." "请将商品项按 1、2、3 连续编号。" "Пронумеруйте товары 1, 2, 3 без пропусков и повторов." }
    /// Something the declaration cannot do without.
    FieldMissing = "FD409" Error "RKC General Annex 3.12; pack data set"
    { "{value} is not stated." "未填写 {value}。" "Не указано: {value}." }
    { "Add it." "请补充。" "Добавьте его." }
    /// A commodity code that is no line of the tariff.
    CommodityUnknown = "FD410" Error "tariff of the pack, on the day"
    { "The tariff has no line {value} in force." "税则中没有有效的税号 {value}。" "В тарифе нет действующего кода {value}." }
    { "Look the goods up again; declare the full code of {wanted} digits." "请重新归类，并申报完整的 {wanted} 位编码。" "Проверьте классификацию; укажите полный код из {wanted} знаков." }
    /// A commodity code of the wrong form.
    CommodityForm = "FD411" Error "tariff of the pack"
    { "A commodity code here has {wanted} digits, not “{value}”." "此处商品编码为 {wanted} 位数字，而非“{value}”。" "Код товара здесь состоит из {wanted} цифр, а не «{value}»." }
    { "Declare the full code, digits only." "请申报完整编码，仅用数字。" "Укажите полный код, только цифры." }
    /// The same thing twice.
    Duplicate = "FD412" Error "RKC General Annex 3.11"
    { "{name} {value} stands more than once." "{name} {value} 重复出现。" "{name} {value} указано более одного раза." }
    { "Keep one." "请保留一个。" "Оставьте одно." }
    /// A type that does not go with the function.
    TypeFunction = "FD413" Error "WCO DM 3.6, 017 and D013"
    { "Type {value} does not go with function {wanted}." "类型 {value} 与功能代码 {wanted} 不符。" "Тип {value} не сочетается с функцией {wanted}." }
    { "Original declarations are function 9; amendments, cancellations and arrivals function 13." "原始申报用功能代码 9；修改、撤销和到货用 13。" "Первичная подача — функция 9; изменение, отзыв и прибытие — 13." }
    /// A total that is not the sum of its parts, where the office takes it all the same.
    TotalUnlikely = "FD414" Warning "RKC General Annex 3.11"
    { "{name} is {value}, but the items add up to {wanted}." "{name} 为 {value}，而各项合计为 {wanted}。" "{name} равно {value}, но по товарам выходит {wanted}." }
    { "Check the total and the items." "请核对总数和各项。" "Проверьте итог и товары." }
    /// A commodity code that is for another part of the year.
    CommoditySeason = "FD415" Error "tariff of the pack, on the day"
    { "The line {value} is for goods of {wanted} (month-day) only." "税号 {value} 仅适用于 {wanted}（月-日）期间的货物。" "Код {value} — только для товаров в период {wanted} (месяц-день)." }
    { "Declare the line of the same goods for this part of the year." "请申报同类货物在当前时段的税号。" "Укажите код того же товара для этой части года." }
    /// A rule of the pack is broken; the text is the pack's.
    Rule = "FD500" Error "rule of the pack"
    { "{value}" "{value}" "{value}" }
    { "{wanted}" "{wanted}" "{wanted}" }
    /// An LRN this declarant has used.
    ReferenceUsed = "FD601" Error "WCO DM 3.6, D026"
    { "The reference {value} has been used by this declarant." "该申报人已使用过编号 {value}。" "Этот декларант уже использовал номер {value}." }
    { "Use a new reference; to repeat a filing, repeat its Idempotency-Key." "请使用新编号；如需重发，请沿用原 Idempotency-Key。" "Укажите новый номер; для повтора подачи повторите её Idempotency-Key." }
    /// A message about a declaration the house has not.
    DeclarationUnknown = "FD602" Error "WCO DM 3.6, D014"
    { "The house has no declaration {value}." "系统中没有报关单 {value}。" "В системе нет декларации {value}." }
    { "State the MRN from the receipt." "请填写回执上的 MRN。" "Укажите MRN из квитанции." }
    /// A message that asks to change or end a declaration that is over.
    DeclarationOver = "FD603" Error "RKC General Annex 3.27, 3.30"
    { "The declaration {value} is over: it is not changed or ended any more." "报关单 {value} 已终结，不能再修改或撤销。" "Декларация {value} завершена: изменить или отозвать её больше нельзя." }
    { "Lodge a new declaration; against a decision there is an appeal." "请重新申报；对决定不服的，可以提出申诉。" "Подайте новую декларацию; на решение можно подать жалобу." }
}

impl Code {
    /// Whether it says that a value has not the form of one, so that nothing was read of it.
    #[must_use]
    pub fn is_of_form(self) -> bool {
        matches!(
            self,
            Self::AttributeValue
                | Self::ValueBlank
                | Self::ValueNotNumber
                | Self::ValueDigits
                | Self::ValueFraction
                | Self::ValueNotDateTime
                | Self::DateImpossible
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().code)
    }
}

/// A place in a declaration, in the three notations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// WCO pointer: class ids with their position where they repeat, then the element's id, such
    /// as `42A/67A/68A[2]/23A/21A[1]/145`.
    pub pointer: String,
    /// XPath from the Declaration, names without prefixes.
    pub xpath: String,
    /// RFC 6901 pointer into the JSON form.
    pub json: String,
}

/// Something wrong, at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind.
    pub code: Code,
    /// The rule's own id where the pack found it; empty otherwise.
    pub rule: String,
    /// Where.
    pub place: Place,
    /// The name of the element the text speaks of.
    pub name: String,
    /// What was seen, shortened to 120 characters.
    pub value: String,
    /// What is wanted.
    pub wanted: String,
    /// What the texts say for `{value}`, where the value seen is not in words of their language.
    pub told: Option<Box<Trilingual>>,
    /// What the texts say for `{wanted}`, where it has a name in each language.
    pub named: Option<Box<Trilingual>>,
    /// Texts of the pack, where the pack found it: what is wrong, how to mend it.
    pub said: Option<Box<(Trilingual, Trilingual)>>,
    /// The act, where the pack found it.
    pub basis: String,
}

/// Most findings a message gets; what breaks everything would otherwise be said a thousand times.
pub const MOST: usize = 200;

impl Finding {
    /// A finding of this kind at a place, with nothing else said yet.
    #[must_use]
    pub fn new(code: Code, place: Place) -> Self {
        Self {
            code,
            rule: String::new(),
            place,
            name: String::new(),
            value: String::new(),
            wanted: String::new(),
            told: None,
            named: None,
            said: None,
            basis: code.row().basis.to_owned(),
        }
    }

    /// With the name of the element.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// With the value seen.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = value.trim().chars().filter(|c| !c.is_control()).take(120).collect();
        self
    }

    /// With what is wanted.
    #[must_use]
    pub fn wanted(mut self, wanted: impl fmt::Display) -> Self {
        self.wanted = wanted.to_string();
        self
    }

    /// With what is wanted, which has a name in each language.
    #[must_use]
    pub fn named(mut self, name: Option<&Trilingual>) -> Self {
        self.named = name.cloned().map(Box::new);
        self
    }

    /// How grave.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.row().severity
    }

    /// The code to show: the rule's own where it has one.
    #[must_use]
    pub fn shown_code(&self) -> &str {
        if self.rule.is_empty() { self.code.row().code } else { &self.rule }
    }

    fn fill(&self, template: &str, language: Language) -> String {
        let wanted = self.named.as_ref().map_or(&*self.wanted, |named| named.get(language));
        let value = self.told.as_ref().map_or(&*self.value, |told| told.get(language));
        template.replace("{name}", &self.name).replace("{wanted}", wanted).replace("{value}", value)
    }

    /// What is wrong, in one language.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match &self.said {
            Some(said) => said.0.get(language).to_owned(),
            None => self.fill(self.code.row().text[language as usize], language),
        }
    }

    /// How to mend it, in one language.
    #[must_use]
    pub fn remedy(&self, language: Language) -> String {
        match &self.said {
            Some(said) => said.1.get(language).to_owned(),
            None => self.fill(self.code.row().remedy[language as usize], language),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_said_in_three_languages() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let row = code.row();
            assert!(seen.insert(row.code), "{} twice", row.code);
            for text in row.text.iter().chain(&row.remedy) {
                assert!(!text.is_empty(), "{}", row.code);
            }
            if *code == Code::Rule {
                continue;
            }
            let used = |text: &str, key| text.contains(key);
            for key in ["{value}", "{wanted}", "{name}"] {
                assert_eq!(used(row.text[0], key), used(row.text[1], key), "{} {key} zh", row.code);
                assert_eq!(used(row.text[0], key), used(row.text[2], key), "{} {key} ru", row.code);
            }
            assert!(row.text[1].chars().any(|c| ('一'..='鿿').contains(&c)), "{}", row.code);
            assert!(row.text[2].chars().any(|c| ('а'..='я').contains(&c)), "{}", row.code);
        }
    }

    #[test]
    fn a_value_is_shown_short_and_without_control_characters() {
        let finding = Finding::new(Code::ValueTooLong, Place::default())
            .name("ID")
            .value(&format!("\u{1b}[31m{}", "x".repeat(500)))
            .wanted(17);
        let text = finding.text(Language::En);
        assert!(text.starts_with("ID has more than 17 characters: “[31mxxx"), "{text}");
        assert!(text.chars().count() < 200);
    }
}
