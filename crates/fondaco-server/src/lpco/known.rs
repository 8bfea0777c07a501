//! The register as an opinion sees it: as of the moment it is first asked, or of a moment before.

use std::cell::{Cell, OnceCell, RefCell};

use fondaco::lpco::{Checked, Looked, Record};
use fondaco::quota::Quota;
use fondaco::reference::Pack;
use fondaco::token::Token;
use fondaco::walk;

use crate::house::House;
use crate::store::lpco::{Lookups, Sight};
use crate::store::{Fault, Store, had_of};

/// The register of a house for one opinion.
pub(crate) struct Known<'s> {
    store: &'s Store,
    /// The declaration whose own write-offs are left out; empty where it has none.
    but: String,
    /// What there is to be seen; settled when it is first asked, so that a filing that shows nothing the
    /// register keeps costs nothing.
    sight: OnceCell<Sight>,
    failed: RefCell<Option<Fault>>,
    asked: Cell<bool>,
}

impl<'s> Known<'s> {
    /// As it is now.
    pub(crate) fn now(store: &'s Store, but: &str) -> Self {
        Self {
            store,
            but: but.to_owned(),
            sight: OnceCell::new(),
            failed: RefCell::new(None),
            asked: Cell::new(false),
        }
    }

    /// As it was; `None` is nothing at all.
    pub(crate) fn as_of(store: &'s Store, but: &str, sight: Option<Sight>) -> Self {
        Self { sight: OnceCell::from(sight.unwrap_or_default()), ..Self::now(store, but) }
    }

    /// What was seen of it, where it was asked.
    ///
    /// # Errors
    /// [`Fault`]: something could not be read, and what was told instead is not so.
    pub(crate) fn told(&self) -> Result<Option<Sight>, Fault> {
        let sight = self.sight.get().copied().filter(|_| self.asked.get());
        self.failed.take().map_or(Ok(sight), Err)
    }

    fn ask<T: Default>(&self, ask: impl FnOnce(Sight) -> Result<T, Fault>) -> T {
        self.asked.set(true);
        let sight = match self.sight.get() {
            Some(sight) => Ok(*sight),
            None => self.store.lpco_sight().map(|sight| *self.sight.get_or_init(|| sight)),
        };
        sight.and_then(ask).unwrap_or_else(|fault| {
            self.failed.replace(Some(fault));
            T::default()
        })
    }
}

impl Looked for Known<'_> {
    fn document(&self, kind: Token, number: &str) -> Option<Record> {
        self.ask(|sight| self.store.lpco(kind, number, sight, &self.but))
    }

    fn held(&self, kind: Token, holder: &str) -> Vec<Record> {
        self.ask(|sight| self.store.lpcos_held(kind, holder, sight))
    }
}

impl Lookups {
    /// What an opinion looked up.
    pub(crate) fn of(
        sight: Option<Sight>,
        pack: &Pack,
        checked: Vec<Checked>,
        reserves: bool,
    ) -> Self {
        let operators = pack.lpcos.iter().any(|row| row.kept && row.operators);
        Self { sight, operators, reserves, checked }
    }
}

impl House {
    /// Does what asks how much is drawn on quotas now and what the register has, without what the
    /// declaration `but` drew and wrote off; with what was seen of the register, where it was asked.
    pub(crate) fn with_known<T>(
        &self,
        but: &str,
        f: impl FnOnce(walk::Known<'_>) -> T,
    ) -> Result<(T, Option<Sight>), Fault> {
        let looked = Known::now(&self.store, but);
        let had = self.store.had(but, "")?;
        let kept = |quota: &Quota| had_of(&had, &quota.order, &quota.definition);
        let result = self.with_drawn(|drawn| {
            let others = |quota: &Quota| {
                let drawn = drawn(quota);
                drawn.checked_sub(kept(quota)).unwrap_or(drawn)
            };
            f(walk::Known { drawn: &others, kept: &kept, looked: &looked, anew: None })
        })?;
        Ok((result, looked.told()?))
    }
}
