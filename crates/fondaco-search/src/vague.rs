//! Whether words say enough, and what to ask where they do not.

use std::collections::HashMap;

use fondaco::finding::Trilingual;

use crate::order::Points;
use crate::text::Words;

/// How many signs a judgement is made of.
pub(crate) const SIGNS: usize = 17;
/// What was seen of words: see [`NAMES`].
pub type Signs = [f64; SIGNS];

/// What each sign is.
pub const NAMES: [&str; SIGNS] = [
    "likeness to words with a code",
    "likeness to words without",
    "words told from words",
    "letters told from letters",
    "the same, unweighed",
    "share of figures",
    "how likely the best code is",
    "spread over headings",
    "share of colours and sizes",
    "share known to the nomenclature",
    "nearest words with a code",
    "nearest words by letters",
    "nearest words without by letters",
    "what the best code has",
    "what it has of all",
    "what the best five have",
    "spread over codes",
];

/// How signs are weighed; learnt from the words at hand (`fondaco bench search` prints them).
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// What each point of a code counts for in its order among the others.
    pub order: Points,
    /// What each sign counts for.
    pub signs: Signs,
    /// What is added.
    pub bias: f64,
    /// From which chance on words are taken to say too little.
    pub threshold: f64,
}

impl Weights {
    /// The chance that words say too little.
    #[must_use]
    pub fn chance(&self, signs: &Signs) -> f64 {
        let sum: f64 = self.signs.iter().zip(signs).map(|(w, s)| w * s).sum();
        1.0 / (1.0 + (-(sum + self.bias)).exp())
    }
}

/// Stems of colours, sizes and packages.
pub(crate) const COLOURS: &[&str] = &[
    "black",
    "white",
    "red",
    "blue",
    "green",
    "pink",
    "grey",
    "gray",
    "navi",
    "khaki",
    "beig",
    "brown",
    "purpl",
    "yellow",
    "orang",
    "cream",
    "ivori",
    "gold",
    "silver",
    "teal",
    "charcoal",
    "burgundi",
    "lilac",
    "multi",
    "multicolour",
    "nude",
    "rose",
    "duski",
    "light",
    "dark",
    "pale",
    "bright",
    "ecru",
    "camel",
    "oliv",
    "mint",
    "coral",
    "peach",
    "mustard",
    "rust",
    "tan",
    "stone",
    "sand",
    "xs",
    "xl",
    "xxl",
    "small",
    "medium",
    "larg",
    "size",
    "one",
    "mini",
    "jumbo",
    "big",
    "uk",
    "eu",
    "us",
    "cm",
    "mm",
    "ml",
    "kg",
    "oz",
    "inch",
    "pack",
    "pk",
    "set",
    "pcs",
    "pc",
    "box",
    "lb",
    "litr",
    "ct",
    "colour",
    "color",
];

/// Words in Chinese and Russian that name no goods; Russian ones as stems.
const EMPTY: &[&str] = &[
    "配件",
    "零件",
    "样品",
    "礼品",
    "礼物",
    "货物",
    "商品",
    "产品",
    "日用品",
    "其他",
    "杂货",
    "百货",
    "设备",
    "机器",
    "工具",
    "材料",
    "用品",
    "电子产品",
    "装置",
    "红色",
    "黑色",
    "白色",
    "蓝色",
    "绿色",
    "大号",
    "小号",
    "中号",
    "均码",
    "颜色",
    "尺寸",
    "个人物品",
    "赠品",
    "套装",
    "запчаст",
    "образц",
    "образец",
    "подарк",
    "подарок",
    "товар",
    "груз",
    "издел",
    "оборудован",
    "аксессуар",
    "прибор",
    "детал",
    "вещ",
    "продукц",
    "набор",
    "комплект",
    "личн",
    "сувенир",
    "разн",
    "материал",
    "красн",
    "черн",
    "бел",
    "син",
    "зелен",
    "больш",
    "маленьк",
    "размер",
    "цвет",
    "устройств",
    "принадлежност",
    "хозтовар",
    "част",
    "предмет",
];

/// Whether nothing in Chinese or Russian is left once empty words are out.
pub(crate) fn empty(text: &str, words: &Words) -> bool {
    if !words.en.is_empty() {
        return false;
    }
    let mut han = text.to_owned();
    let mut longest: Vec<&&str> = EMPTY.iter().collect();
    longest.sort_by_key(|w| std::cmp::Reverse(w.len()));
    for word in longest {
        han = han.replace(*word, "");
    }
    let left = han.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    !left && words.ru.iter().all(|w| EMPTY.contains(&w.as_str()))
}

/// What tells words with a code from words without one: each counted on both sides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sides {
    counts: HashMap<String, [f64; 2]>,
    texts: [f64; 2],
}

impl Sides {
    pub(crate) fn learn(&mut self, words: &Words, side: usize) {
        if let Some(n) = self.texts.get_mut(side) {
            *n += 1.0;
        }
        let grams = words.grams.iter().map(|g| format!("#{g}"));
        for word in words.en.iter().cloned().chain(grams) {
            if let Some(n) = self.counts.entry(word).or_default().get_mut(side) {
                *n += 1.0;
            }
        }
    }

    /// How much more the words speak for saying too little, of words and of letters.
    pub(crate) fn tell(&self, words: &Words) -> (f64, f64) {
        let [with, without] = self.texts;
        let one = |word: &str| {
            let [a, b] = self.counts.get(word).copied().unwrap_or_default();
            ((b + 0.5) / (without + 1.0)).ln() - ((a + 0.5) / (with + 1.0)).ln()
        };
        let by_word = words.en.iter().map(|w| one(w)).sum();
        (by_word, words.grams.iter().map(|g| one(&format!("#{g}"))).sum())
    }
}

/// Why no code is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No word is known.
    Unknown,
    /// Only colours, sizes, numbers.
    Looks,
    /// Words that any goods may bear.
    Broad,
    /// What is said fits goods of several headings, or is a brand.
    Spread,
}

impl Why {
    /// The word for it in JSON.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Looks => "looks",
            Self::Broad => "broad",
            Self::Spread => "spread",
        }
    }

    /// What is wrong with the words, in three languages.
    #[must_use]
    pub fn text(self) -> Trilingual {
        let (en, zh, ru) = match self {
            Self::Unknown => (
                "None of these words is known here.",
                "这些词在此处均无记录。",
                "Ни одно из этих слов здесь не известно.",
            ),
            Self::Looks => (
                "Colour, size and number say nothing about the goods.",
                "颜色、尺寸和数量不能说明是什么商品。",
                "Цвет, размер и количество ничего не говорят о товаре.",
            ),
            Self::Broad => (
                "Goods of many kinds are called so.",
                "许多种商品都这样称呼。",
                "Так называют товары многих видов.",
            ),
            Self::Spread => (
                "The words fit goods of several headings, or are a brand and not the goods.",
                "这些词适用于多个品目的商品，或者只是品牌而非商品名称。",
                "Слова подходят к товарам нескольких позиций или называют марку, а не товар.",
            ),
        };
        Trilingual { en: en.into(), zh: zh.into(), ru: ru.into() }
    }
}

/// What to ask, by the chapters that the words may belong to.
pub(crate) fn ask(chapters: &[u8]) -> Trilingual {
    let all = |range: std::ops::RangeInclusive<u8>| {
        !chapters.is_empty() && chapters.iter().all(|c| range.contains(c))
    };
    let (en, zh, ru) = if all(61..=62) {
        (
            "Is it knitted or woven, of which fibre, and for men, women or babies?",
            "是针织还是机织？何种纤维？供男、女还是婴儿使用？",
            "Трикотаж или ткань, из какого волокна, для мужчин, женщин или младенцев?",
        )
    } else if all(50..=63) {
        (
            "Of which fibre is it, is it knitted or woven, and is it made up into an article?",
            "由何种纤维制成？针织还是机织？是否已制成成品？",
            "Из какого волокна, трикотаж или ткань, готовое изделие или материал?",
        )
    } else if all(1..=24) {
        (
            "Which animal or plant is it of, and is it live, fresh, frozen, dried or prepared?",
            "取自何种动植物？是活的、鲜的、冻的、干的还是已制作的？",
            "Из какого животного или растения; живое, свежее, мороженое, сушёное или готовое?",
        )
    } else if all(28..=38) {
        (
            "Is it one chemical compound or a mixture, which, what for, and is it put up for retail?",
            "是单一化合物还是混合物？是什么？用途是什么？是否零售包装？",
            "Одно соединение или смесь, какое, для чего, расфасовано ли для розницы?",
        )
    } else if all(84..=90) {
        (
            "What does it do, is it a whole machine or a part, and of which machine?",
            "有何功能？是整机还是零件？属于哪种机器？",
            "Что оно делает, целая это машина или часть, и какой машины?",
        )
    } else {
        (
            "What is it, what is it made of, and what is it for?",
            "是什么商品？由什么材料制成？用途是什么？",
            "Что это за товар, из чего он и для чего?",
        )
    };
    Trilingual { en: en.into(), zh: zh.into(), ru: ru.into() }
}
