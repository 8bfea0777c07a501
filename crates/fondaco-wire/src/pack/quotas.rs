//! The tariff quotas of a pack: a row is a period, with what is told of what is left.

use std::collections::BTreeSet;

use fondaco::money::Decimal;
use fondaco::quota::{PartOf, Quota};
use fondaco::reference::Pack;

use super::rows::QuotaRow;
use super::source::{Reader, rows};
use super::{Files, Problem};

impl Reader<'_> {
    /// A period of a tariff quota from its row.
    pub(crate) fn quota(&mut self, row: &QuotaRow) -> Quota {
        if row.order.is_empty() {
            self.problem("no order number");
        }
        for (text, allowed) in
            [(&row.critical, ["Y", "N", ""]), (&row.state, ["open", "exhausted", "closed"])]
        {
            if !text.is_empty() && !allowed.contains(&text.as_str()) {
                self.problem(format!("“{text}” is none of {}", allowed.join(" ").trim_end()));
            }
        }
        let mut closed = Vec::new();
        for span in row.closed.split('|').filter(|span| !span.is_empty()) {
            match span.split_once('/') {
                Some((from, until)) => closed.push(self.validity(from, until)),
                None => self.problem(format!("“{span}” is no span of days")),
            }
        }
        let mut figure = |text: &str| {
            let figure = if text.is_empty() { None } else { self.figure(text) };
            if figure.is_some_and(|f| f < Decimal::ZERO) {
                self.problem(format!("“{text}” is below zero"));
            }
            figure
        };
        let [threshold, balance] = [&row.threshold, &row.balance].map(|text| figure(text));
        let volume = figure(&row.volume);
        let coefficient = figure(&row.coefficient).unwrap_or(Decimal::ONE);
        if row.volume.is_empty() {
            self.problem("no volume");
        }
        if coefficient <= Decimal::ZERO {
            self.problem("a coefficient is above zero");
        }
        let part_of = (!row.part_of.is_empty()).then(|| PartOf {
            order: self.token(&row.part_of),
            definition: self.token(&row.part_of_definition),
            coefficient,
        });
        let told = self.validity(&row.balance_on, "").from;
        Quota {
            order: self.token(&row.order),
            definition: self.token(&row.definition),
            validity: self.validity(&row.from, &row.until),
            volume: volume.unwrap_or_default(),
            unit: self.token(&row.unit),
            critical: row.critical == "Y",
            threshold,
            balance: balance.map(|left| (left, told)),
            over: matches!(row.state.as_str(), "exhausted" | "closed"),
            closed,
            part_of,
        }
    }
}

/// What is wrong with the numbers of periods: what is drawn is counted by order number and period, so that
/// two of one number would be one. Asked where a bundle is made or files are laid over one; one that was approved
/// before is loaded as it is.
pub(super) fn check(files: &Files<'_>, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    rows(
        files,
        |n| n.starts_with("quotas"),
        problems,
        |reader, QuotaRow { order, definition, .. }: QuotaRow| {
            if !seen.insert((order.clone(), definition.clone())) {
                reader.problem(match definition.is_empty() {
                    true => format!("a second period of {order} wants a number (definition)"),
                    false => format!("the period {definition} of {order} stands twice"),
                });
            }
        },
    );
}

/// The periods of tariff quotas, by order number and day.
pub(super) fn read(files: &Files<'_>, pack: &mut Pack, problems: &mut Vec<Problem>) {
    rows(
        files,
        |n| n.starts_with("quotas"),
        problems,
        |reader, row: QuotaRow| {
            pack.quotas.push(reader.quota(&row));
        },
    );
    pack.quotas.sort_by_key(|q| (q.order, q.validity.from));
}

#[cfg(test)]
mod tests {
    use super::super::agencies::tests::problems;

    #[test]
    fn each_period_of_a_quota_has_a_number_of_its_own() {
        let check = |periods: &str, wanted: &str| {
            let quotas = format!("order,definition,from,until,volume,unit\n{periods}");
            let said = problems(&[("quotas-own.csv", quotas)]);
            let right = if wanted.is_empty() { said.is_empty() } else { said.contains(wanted) };
            assert!(right, "{periods}: {said}");
        };
        check("05,1,2020-01-01,2020-12-31,9,KGM\n05,2,2021-01-01,2021-12-31,9,KGM\n", "");
        check("05,,2020-01-01,2020-12-31,9,KGM\n06,,2020-01-01,2020-12-31,9,KGM\n", "");
        let twice = "05,1,2020-01-01,2020-12-31,9,KGM\n05,1,2021-01-01,2021-12-31,9,KGM\n";
        check(twice, "quotas-own.csv:3: the period 1 of 05 stands twice");
        let bare = "05,,2020-01-01,2020-12-31,9,KGM\n05,,2021-01-01,2021-12-31,9,KGM\n";
        check(bare, "a second period of 05 wants a number");
    }
}
