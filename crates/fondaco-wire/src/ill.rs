//! Why a message cannot be read at all (FD101): one of a few kinds, with its place, so that it can be
//! said in every language. The reader's own words stay beside it, in English.

use std::borrow::Cow;

use fondaco::finding::{Code, Finding, Place, Trilingual};
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::attributes::AttrError;

/// What kind of breach it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing was sent.
    Empty,
    /// It breaks off.
    Ends,
    /// An end tag is not that of the element.
    Tags,
    /// A character that may not stand there.
    Character,
    /// A reference to nothing known.
    Reference,
    /// Something outside the outermost element.
    Outside,
    /// The XML declaration.
    Head,
    /// A name that is none, or a prefix nobody declared.
    Name,
    /// A name twice where it may stand once.
    Twice,
    /// Signs of the notation itself.
    Markup,
    /// A part beside the declaration, of another form than is written here.
    Beside,
    /// More of something than any message has.
    Much,
    /// Larger or deeper than any message is.
    Size,
    /// An element of another namespace.
    Foreign,
    /// A document type, an entity or a processing instruction.
    Instruction,
}

impl Kind {
    /// English, Chinese, Russian.
    pub(crate) fn words(self) -> [&'static str; 3] {
        match self {
            Self::Empty => ["nothing was sent", "未收到任何内容", "ничего не прислано"],
            Self::Ends => [
                "it breaks off before its end",
                "内容不完整，提前中断",
                "он обрывается раньше конца",
            ],
            Self::Tags => [
                "an end tag does not fit its start tag",
                "结束标签与开始标签不匹配",
                "закрывающий тег не подходит к открывающему",
            ],
            Self::Character => [
                "a character may not stand here",
                "此处含有不允许的字符",
                "здесь стоит недопустимый символ",
            ],
            Self::Reference => [
                "a reference (&…;) stands for nothing known",
                "无法识别的引用（&…;）",
                "ссылка (&…;) ничего не обозначает",
            ],
            Self::Outside => [
                "something stands outside the outermost element",
                "最外层元素之外还有内容",
                "что-то стоит вне внешнего элемента",
            ],
            Self::Head => [
                "the XML declaration is not the first thing, or of another form",
                "XML 声明不在开头或形式有误",
                "объявление XML стоит не в начале или неверно составлено",
            ],
            Self::Name => [
                "a name is none, or its prefix is not declared",
                "名称无效，或其前缀未声明",
                "имя недопустимо, или его префикс не объявлен",
            ],
            Self::Twice => [
                "a name stands twice where it may stand once",
                "同一名称重复出现",
                "одно имя стоит дважды там, где допустимо один раз",
            ],
            Self::Markup => [
                "a sign of the notation is missing or too many",
                "标记符号缺失或多余",
                "пропущен или лишний знак разметки",
            ],
            Self::Beside => [
                "a part beside the declaration is of another form",
                "报关单以外的部分形式有误",
                "часть рядом с декларацией имеет другую форму",
            ],
            Self::Much => [
                "an element has more attributes, or a namespace a longer name, than a message has",
                "元素的属性过多，或命名空间名称过长",
                "у элемента больше атрибутов или имя пространства имён длиннее, чем бывает в сообщении",
            ],
            Self::Size => [
                "it has more elements, or nests deeper, than a message does",
                "元素过多或嵌套过深",
                "в нём больше элементов или вложенность глубже, чем бывает в сообщении",
            ],
            Self::Foreign => [
                "an element is of another namespace",
                "元素属于其他命名空间",
                "элемент относится к другому пространству имён",
            ],
            Self::Instruction => [
                "a document type, an entity or a processing instruction, and none is read",
                "含有文档类型、实体或处理指令，不予读取",
                "тип документа, сущность или инструкция обработки не читаются",
            ],
        }
    }
}

/// Where it was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// Nowhere in particular.
    Whole,
    /// On a line, counted from one.
    Line(usize),
    /// At a character of a line, both counted from one.
    Column(usize, usize),
}

impl Spot {
    /// The line of a byte.
    pub(crate) fn of_byte(bytes: &[u8], at: usize) -> Self {
        let before = bytes.get(..at.min(bytes.len())).unwrap_or_default();
        Self::Line(before.iter().filter(|b| **b == b'\n').count() + 1)
    }

    /// Before what is said of it: English, Chinese, Russian.
    fn words(self) -> [String; 3] {
        match self {
            Self::Whole => Default::default(),
            Self::Line(n) => {
                [format!("line {n}: "), format!("第 {n} 行，"), format!("строка {n}: ")]
            }
            Self::Column(n, c) => [
                format!("line {n}, column {c}: "),
                format!("第 {n} 行第 {c} 列，"),
                format!("строка {n}, столбец {c}: "),
            ],
        }
    }
}

/// Why a message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ill {
    kind: Kind,
    /// In the words of the reader, for who mends the software that wrote it.
    said: Cow<'static, str>,
}

const fn ill(kind: Kind, said: &'static str) -> Ill {
    Ill { kind, said: Cow::Borrowed(said) }
}

pub(crate) const EMPTY: Ill = ill(Kind::Empty, "nothing sent");
pub(crate) const EARLY: Ill = ill(Kind::Ends, "the document ends too early");
pub(crate) const TEXT_OUTSIDE: Ill = ill(Kind::Outside, "text outside the root");
pub(crate) const CDATA_OUTSIDE: Ill = ill(Kind::Outside, "CDATA outside the root");
pub(crate) const SECOND_ROOT: Ill = ill(Kind::Outside, "a second root");
pub(crate) const CDATA_END: Ill = ill(Kind::Markup, "]]> within text");
pub(crate) const RUN_TOGETHER: Ill = ill(Kind::Markup, "attributes run together");
pub(crate) const LESS: Ill = ill(Kind::Character, "< within an attribute");
pub(crate) const IMPOSSIBLE: Ill = ill(Kind::Character, "impossible character");
pub(crate) const NO_CHARACTER: Ill = ill(Kind::Character, "a character XML does not have");
pub(crate) const CONTROL: Ill = ill(Kind::Character, "control character");
pub(crate) const HEAD_LATE: Ill = ill(Kind::Head, "XML declaration not at the start");
pub(crate) const HEAD_FORM: Ill = ill(Kind::Head, "XML declaration of another form");
pub(crate) const ATTRIBUTE_NAME: Ill = ill(Kind::Name, "an attribute's name is no name");
pub(crate) const ELEMENT_NAME: Ill = ill(Kind::Name, "an element's name is no name");
pub(crate) const PREFIX_TAKEN: Ill = ill(Kind::Name, "a prefix that is not free");
pub(crate) const PREFIX_EMPTY: Ill = ill(Kind::Name, "a prefix declared empty");
pub(crate) const ATTRIBUTE_TWICE: Ill = ill(Kind::Twice, "an attribute stands twice");
pub(crate) const ATTRIBUTES_MANY: Ill = ill(Kind::Much, "too many attributes");
pub(crate) const NAMESPACE_LONG: Ill = ill(Kind::Much, "the name of a namespace is too long");
pub(crate) const ENVELOPE: Ill = ill(Kind::Beside, "Envelope: not elements with names");
pub(crate) const ATTRIBUTES: Ill = ill(Kind::Beside, "Attributes: not namespace, name, value");
pub(crate) const ALIASES: Ill = ill(Kind::Beside, "Aliases: not names");

impl Ill {
    pub(crate) fn new(kind: Kind, said: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, said: said.into() }
    }

    /// What kind of breach it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// In the words of the reader.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// A prefix nobody declared.
    pub(crate) fn prefix(prefix: &str) -> Self {
        Self::new(Kind::Name, format!("prefix {prefix} is not declared"))
    }

    /// An entity nobody declared.
    pub(crate) fn entity(name: &str) -> Self {
        Self::new(Kind::Reference, format!("entity {name} is not declared"))
    }

    /// What the reader of attributes says.
    pub(crate) fn attribute(error: &AttrError) -> Self {
        let kind = match error {
            AttrError::Duplicated(..) => Kind::Twice,
            AttrError::ExpectedEq(_)
            | AttrError::ExpectedValue(_)
            | AttrError::UnquotedValue(_)
            | AttrError::ExpectedQuote(..) => Kind::Markup,
        };
        Self::new(kind, error.to_string())
    }

    /// The finding, at a place of the declaration and a spot of the text.
    pub(crate) fn finding(&self, place: Place, spot: Spot) -> Finding {
        let [en, zh, ru] = spot.words();
        let mut finding =
            Finding::new(Code::NotWellFormed, place).value(&format!("{en}{}", self.said));
        let [kind_en, kind_zh, kind_ru] = self.kind.words();
        finding.told = Some(Box::new(Trilingual {
            en: format!("{en}{kind_en}"),
            zh: format!("{zh}{kind_zh}"),
            ru: format!("{ru}{kind_ru}"),
        }));
        finding
    }
}

impl From<&Error> for Ill {
    fn from(error: &Error) -> Self {
        let kind = match error {
            Error::Syntax(SyntaxError::InvalidBangMarkup) => Kind::Markup,
            Error::Syntax(_) => Kind::Ends,
            Error::IllFormed(ill) => match ill {
                IllFormedError::DoubleHyphenInComment => {
                    return Self::new(Kind::Markup, "two hyphens within a comment");
                }
                IllFormedError::MissingDeclVersion(_) | IllFormedError::UnknownVersion => {
                    Kind::Head
                }
                IllFormedError::MissingDoctypeName => Kind::Markup,
                IllFormedError::MissingEndTag(_) => Kind::Ends,
                IllFormedError::UnmatchedEndTag(_) | IllFormedError::MismatchedEndTag { .. } => {
                    Kind::Tags
                }
                IllFormedError::UnclosedReference => Kind::Reference,
            },
            Error::InvalidAttr(attribute) => return Self::attribute(attribute),
            Error::Escape(_) => Kind::Reference,
            Error::Namespace(_) => Kind::Name,
            Error::Encoding(_) => Kind::Character,
            Error::Io(_) => Kind::Markup,
        };
        Self::new(kind, error.to_string())
    }
}

/// That a byte is not one of UTF-8, counted from nought.
pub(crate) fn encoding(at: usize) -> Finding {
    let finding = Finding::new(Code::Encoding, Place::default()).value(&format!("byte {at}"));
    let told = Trilingual {
        en: format!("byte {at}"),
        zh: format!("第 {at} 字节（从 0 起）"),
        ru: format!("байт {at} (счёт с нуля)"),
    };
    Finding { told: Some(Box::new(told)), ..finding }
}

/// What the reader of JSON says, and where.
pub(crate) fn of_json(error: &serde_json::Error) -> (Ill, Spot) {
    let kind = if error.is_eof() { Kind::Ends } else { Kind::Markup };
    let said = error.to_string();
    // It says its place itself.
    let said = said.split(" at line ").next().unwrap_or_default().to_owned();
    (Ill::new(kind, said), Spot::Column(error.line(), error.column()))
}

#[cfg(test)]
mod tests {
    use fondaco::finding::Language;
    use fondaco::finding::Severity;

    use crate::{Limits, json, wco};

    #[test]
    fn what_cannot_be_read_is_said_in_each_language_with_its_place() {
        let check = |text: &str, value: &str, wanted: [&str; 3]| {
            let read = if text.starts_with('{') { json::decode } else { wco::xml::decode };
            let decoded = read(wco::model(), text.as_bytes(), &Limits::default());
            let finding =
                decoded.findings.iter().find(|f| f.severity() == Severity::Error).unwrap();
            assert_eq!(finding.value, value, "{text}");
            assert_eq!(Language::ALL.map(|l| finding.text(l)), wanted, "{text}");
        };
        check(
            "<Declaration>\n<ID>1</IDs>",
            "line 2: ill-formed document: expected `</ID>`, but `</IDs>` was found",
            [
                "The document is not well formed: line 2: an end tag does not fit its start tag.",
                "报文格式有误：第 2 行，结束标签与开始标签不匹配。",
                "Документ синтаксически неверен: строка 2: закрывающий тег не подходит к открывающему.",
            ],
        );
        check(
            "<Declaration>\n<ID>1</ID>\n",
            "line 3: the document ends too early",
            [
                "The document is not well formed: line 3: it breaks off before its end.",
                "报文格式有误：第 3 行，内容不完整，提前中断。",
                "Документ синтаксически неверен: строка 3: он обрывается раньше конца.",
            ],
        );
        check(
            " ",
            "nothing sent",
            [
                "The document is not well formed: nothing was sent.",
                "报文格式有误：未收到任何内容。",
                "Документ синтаксически неверен: ничего не прислано.",
            ],
        );
        check(
            "{\"Declaration\": {\"ID\": \"1\" \"TypeCode\": \"IMA\"}}",
            "line 1, column 28: expected `,` or `}`",
            [
                "The document is not well formed: line 1, column 28: a sign of the notation is missing or too many.",
                "报文格式有误：第 1 行第 28 列，标记符号缺失或多余。",
                "Документ синтаксически неверен: строка 1, столбец 28: пропущен или лишний знак разметки.",
            ],
        );
    }
}
