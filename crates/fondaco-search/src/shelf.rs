//! Texts on a shelf of `tantivy`, and the nearest of them by BM25.
//!
//! The shelf lives in memory and never changes, so the same question gets the same answer.

use std::collections::HashMap;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{Index, Searcher, TantivyDocument, Term};

use crate::Broken;

/// Memory for writing, in bytes.
const BUDGET: usize = 64 << 20;
/// What BM25 gives a word that stands once in a text of middling length, in parts of its weight.
const MIDDLING: f64 = 1.0;

pub(crate) struct Shelf {
    searcher: Searcher,
    fields: HashMap<&'static str, Field>,
    texts: f64,
}

impl Shelf {
    /// A shelf of texts, each with its words by field, parted by spaces.
    pub(crate) fn new<T>(
        names: &[&'static str],
        texts: impl Iterator<Item = T>,
    ) -> Result<Self, Broken>
    where
        T: IntoIterator<Item = (&'static str, String)>,
    {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("parted")
            .set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        let fields: HashMap<_, _> = names
            .iter()
            .map(|name| (*name, schema.add_text_field(name, options.clone())))
            .collect();
        let schema = schema.build();
        let tokenizers = tantivy::tokenizer::TokenizerManager::new();
        tokenizers
            .register("parted", TextAnalyzer::builder(WhitespaceTokenizer::default()).build());
        let mut writer = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .single_segment_index_writer(tantivy::directory::RamDirectory::create(), BUDGET)?;
        let mut count = 0.0;
        for text in texts {
            let mut doc = TantivyDocument::default();
            for (name, words) in text {
                if let Some(field) = fields.get(name)
                    && !words.is_empty()
                {
                    doc.add_text(*field, words);
                }
            }
            writer.add_document(doc)?;
            count += 1.0;
        }
        let searcher = writer.finalize()?.reader()?.searcher();
        Ok(Self { searcher, fields, texts: count })
    }

    /// What a word weighs: more the fewer texts have it; nothing where none has it is known of.
    pub(crate) fn weight(&self, field: &str, word: &str) -> f64 {
        self.count(field, word).map_or(0.0, |n| (1.0 + (self.texts - n + 0.5) / (n + 0.5)).ln())
    }

    /// How many texts have a word.
    pub(crate) fn count(&self, field: &str, word: &str) -> Option<f64> {
        let term = Term::from_field_text(*self.fields.get(field)?, word);
        self.searcher.doc_freq(&term).ok().map(|n| n as f64)
    }

    /// The nearest texts, best first, each with its likeness: about 1 where it has all the words.
    pub(crate) fn nearest(&self, field: &str, words: &[String], most: usize) -> Vec<(usize, f64)> {
        let Some(&at) = self.fields.get(field) else { return Vec::new() };
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut whole = 0.0;
        for word in words {
            whole += self.weight(field, word);
            let term = Term::from_field_text(at, word);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            clauses.push((Occur::Should, Box::new(query)));
        }
        if clauses.is_empty() || whole <= 0.0 {
            return Vec::new();
        }
        let query = BooleanQuery::new(clauses);
        let found = self.searcher.search(&query, &TopDocs::with_limit(most).order_by_score());
        found
            .unwrap_or_default()
            .into_iter()
            .map(|(score, doc)| (doc.doc_id as usize, f64::from(score) / (whole * MIDDLING * 2.2)))
            .collect()
    }
}
