//! Declarations of a house from before goods were held for what they are: held once, by the opinion that
//! stands. A look was all that held them, whatever the law says of them.

use fondaco::consignment::{self, Event, Hold, HoldKind, RequestKind};
use fondaco::decision::Step;
use fondaco::finding::Trilingual;
use fondaco_wire::report::Texts;
use serde_json::{Value, json};

use crate::act::{self, ActMessage};
use crate::cli::Failure;
use crate::determine::ASSESS;
use crate::house::{self, House};
use crate::store::{self, Fault, Filing};
use crate::timers::HOUSE;

/// What the house says of itself that places a hold so.
const MARK: &str = "held by its standing opinion, for an older program held it for one look alone";

/// Why goods are held, and what can be done.
fn why(hold: &Hold) -> [Trilingual; 2] {
    let said = |[en, zh, ru]: [&str; 3]| Trilingual {
        en: en.to_owned(),
        zh: zh.to_owned(),
        ru: ru.to_owned(),
    };
    match hold.kind {
        _ if consignment::is_of_name(hold) => [
            said([
                "A party has the name of an entry on a list: the goods are held until an officer decides.",
                "有关方与名单条目同名：在官员作出决定前货物予以扣留。",
                "Имя участника совпадает с записью в списке: товары задержаны, пока не решит должностное лицо.",
            ]),
            said([
                "Wait for the decision; say who the party is, with what proves it.",
                "请等待决定；请说明该方身份并提供证明。",
                "Дождитесь решения; сообщите, кто этот участник, и чем это подтверждается.",
            ]),
        ],
        HoldKind::Detention => [
            said([
                "A prohibition applies to the goods: they are held until an officer decides.",
                "货物受禁止性规定约束：在官员作出决定前予以扣留。",
                "Товары подпадают под запрет: они задержаны, пока не решит должностное лицо.",
            ]),
            said([
                "Wait for the decision, or ask for an amendment where something is declared wrongly.",
                "请等待决定；如申报有误，请申请修改。",
                "Дождитесь решения или запросите изменение, если заявлено неверно.",
            ]),
        ],
        _ => [
            said([
                "Documents that the law asks for were not shown.",
                "未提交法律要求的单证。",
                "Документы, которых требует закон, не представлены.",
            ]),
            said([
                "Show the documents by an amendment.",
                "请通过修改报关单提交单证。",
                "Представьте документы изменением декларации.",
            ]),
        ],
    }
}

impl House {
    /// Places the holds that an older program did not; once, and none where the house never was one of such a
    /// program. Source: RKC General Annex, chapters 3 and 6: goods are released when the law is kept.
    pub(crate) fn hold_old(&self) -> Result<(), Failure> {
        let fault = |e: Fault| Failure::Fault(e.to_string());
        let Some(looked_at) = self.store.never_held().map_err(fault)? else { return Ok(()) };
        for mrn in looked_at {
            let read = || {
                let main = self.store.filing(&mrn)?;
                let holds = main.as_ref().map(|main| self.never_placed(main)).transpose()?;
                Ok::<_, Fault>(main.zip(holds))
            };
            // One that cannot be read stops no house from starting: nothing moves it either.
            let (main, holds) = match read() {
                Ok(Some(both)) => both,
                Ok(None) => continue,
                Err(why) => {
                    eprintln!("fondaco: {mrn} could not be looked at for holds: {why}");
                    continue;
                }
            };
            for hold in holds {
                let filing = self.holds_itself(&main, hold).map_err(fault)?;
                let held =
                    move |w: &store::Writing<'_>| w.time_up(&filing, |_| vec![Event::Held(hold)]);
                self.store.written_here(held).map_err(fault)?;
            }
        }
        let at = house::now();
        self.store.written_here(move |w| w.old_are_held(&at)).map_err(fault)
    }

    /// The holds that the standing opinion of a declaration plans and nobody placed.
    fn never_placed(&self, main: &Filing) -> Result<Vec<Hold>, Fault> {
        let about = self.store.about(&main.mrn)?;
        // What was assessed anew has the plan of before, and placed nothing.
        let formed = |f: &&Filing| house::forms_an_opinion(f) && f.kind != ASSESS;
        let standing = about.iter().rev().find(formed).unwrap_or(main);
        let opinion: Value = serde_json::from_slice(&standing.opinion).unwrap_or_default();
        let plan = opinion["decision"]["plan"].as_array().into_iter().flatten();
        let mut plan: Vec<Step> = plan.filter_map(|s| house::step(s.as_str()?)).collect();
        // Of a party with the name of a listed one an older program planned an examination alone.
        let screened = opinion["screening"].as_array().into_iter().flatten();
        if screened.into_iter().any(|party| party["status"] == "named") {
            plan.push(Step::DecideName);
        }
        let log = self.store.events(&main.mrn, 0, usize::MAX)?;
        let accepted = log.iter().skip_while(|h| h.event != Event::Accepted);
        let amendment = accepted.filter(|h| h.filing == standing.id).find_map(|h| match h.event {
            Event::Granted(request) if request.kind == RequestKind::Amend => Some(request.number),
            _ => None,
        });
        let (life, _) = self.store.life(&main.mrn)?;
        Ok(consignment::never_placed(&plan, &life, amendment))
    }

    /// The filing by which the house places a hold of itself.
    fn holds_itself(&self, main: &Filing, hold: Hold) -> Result<Filing, Fault> {
        let message = ActMessage {
            act: "hold".to_owned(),
            by: HOUSE.to_owned(),
            kind: hold.kind.name().to_owned(),
            hold: hold.reason.to_string(),
            note: MARK.to_owned(),
            ..ActMessage::default()
        };
        let [text, remedy] = why(&hold);
        let opinion = json!({
            "act": message,
            "text": Texts::from(&text),
            "remedy": Texts::from(&remedy),
        });
        let bytes = serde_json::to_vec(&message).map_err(|e| Fault::Engine(e.to_string()))?;
        let mut filing = Filing {
            about: main.mrn.clone(),
            declarant: message.by,
            kind: message.act,
            opinion: store::pack(opinion.to_string().as_bytes())?,
            ..house::sent(act::FORMAT, &self.pack().digest, &bytes, "")?
        };
        filing.receipt = self.receipt(&filing, &main.mrn);
        Ok(filing)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fondaco::consignment::{Event, Hold, HoldKind, State};
    use rusqlite::{Connection, params};
    use serde_json::{Value, json};
    use tokio::runtime::Runtime;

    use crate::act::ActMessage;
    use crate::house::House;
    use crate::store::Sync;

    const REQUIREMENTS: &str = "
        [[requirement]]
        id = 'own-ban'
        kind = 'prohibition'
        codes = ['950300']
        direction = 'import'
        agency = { en = 'a', zh = 'a', ru = 'a' }
        text = { en = 'No toys', zh = 'a', ru = 'a' }
        basis = 'tcta-2018'
        [[requirement]]
        id = 'own-permit'
        kind = 'permit'
        codes = ['950300']
        direction = 'import'
        documents = ['C673']
        agency = { en = 'a', zh = 'a', ru = 'a' }
        text = { en = 'A permit', zh = 'a', ru = 'a' }
        basis = 'tcta-2018'
        ";

    /// A house, and what runs it.
    struct Stage {
        runtime: Runtime,
        house: House,
    }

    impl Stage {
        fn open(dir: &Path) -> Self {
            std::fs::create_dir_all(dir.join("pack")).unwrap();
            std::fs::write(dir.join("pack/requirements-own.toml"), REQUIREMENTS).unwrap();
            let house = House::open(dir, "gb", true, Sync::Off).unwrap();
            Self { runtime: Runtime::new().unwrap(), house }
        }

        fn files(&self, key: &str, text: &str) -> String {
            let format = fondaco_wire::format_of("application/xml").unwrap();
            let filed = self.house.file(format, text.as_bytes(), key, None);
            self.runtime.block_on(filed).unwrap().mrn
        }

        /// Toys, which are prohibited and of which a permit lacks.
        fn toys(&self, lrn: &str) -> String {
            let path = "/../../data/corpus/gb/008-toys-southampton.xml";
            let path = format!("{}{path}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            let own = text.split("<FunctionalReferenceID>").nth(1).unwrap();
            let own = own.split('<').next().unwrap().to_owned();
            self.files(lrn, &text.replace(&own, lrn))
        }

        fn acts(&self, mrn: &str, said: &Value) {
            let bytes = said.to_string().into_bytes();
            let message: ActMessage = serde_json::from_value(said.clone()).unwrap();
            let key = format!("{mrn} {said}");
            let acted = self.house.act(mrn, &message, &bytes, &key);
            self.runtime.block_on(acted).unwrap();
        }

        /// Lifts a hold of the customs administration.
        fn lifts(&self, mrn: &str, kind: &str, hold: &str) {
            self.acts(mrn, &json!({"act": "lift", "by": "o", "kind": kind, "hold": hold}));
        }

        /// What is held, and what was: detentions and documents, as told in order.
        fn held(&self, mrn: &str) -> Vec<(String, Option<bool>)> {
            let life = self.house.store.life(mrn).unwrap().0;
            let events = self.house.store.events(mrn, 0, usize::MAX).unwrap();
            let of = |kind| matches!(kind, HoldKind::Detention | HoldKind::Documents);
            let held = events.iter().filter_map(|h| match h.event {
                Event::Held(hold) if of(hold.kind) => Some(hold),
                _ => None,
            });
            let said = |hold: Hold| format!("{}/{}", hold.kind.name(), hold.reason);
            held.map(|hold| (said(hold), life.hold(hold))).collect()
        }
    }

    fn state_of(stage: &Stage, mrn: &str) -> State {
        stage.house.store.life(mrn).unwrap().0.state()
    }

    #[test]
    fn what_an_older_program_let_by_one_look_is_detained_once_at_the_start() {
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::open(dir.path());
        let both = |open: bool, hold: &str| {
            ["documents", "detention"].map(|kind| (format!("{kind}/{hold}"), Some(!open))).to_vec()
        };
        let old = stage.toys("OLD");
        assert_eq!(stage.held(&old), both(true, ""));
        // One of which an officer decided, one that went, and one that was amended.
        let decided = stage.toys("DECIDED");
        for kind in ["documents", "detention"] {
            stage.lifts(&decided, kind, "");
        }
        let gone = stage.toys("GONE");
        let amended = stage.toys("AMENDED");
        let asks = crate::undone::tests::term_changed(&amended);
        stage.files("asks", &asks);
        let grant = json!({"act": "grant", "by": "o", "kind": "amend", "request": 1});
        stage.acts(&amended, &grant);
        let first = both(true, "");
        assert_eq!(stage.held(&amended), [first, both(true, "amendment 1")].concat());
        for (mrn, holds) in [(&old, vec![""]), (&amended, vec!["", "amendment 1"])] {
            holds.iter().for_each(|hold| stage.lifts(mrn, "examination", hold));
        }
        stage.house.store.close();
        drop(stage);

        // As the older program left it: examined, and held by nobody for what it is.
        let db = Connection::open(dir.path().join("fondaco.db")).unwrap();
        for mrn in [&old, &gone, &amended] {
            let sql =
                "DELETE FROM event WHERE mrn = ?1 AND event IN ('detained', 'documents-wanted')";
            assert!(db.execute(sql, [mrn]).unwrap() >= 2);
        }
        let clears = "INSERT INTO event (mrn, event, filing, at) VALUES (?1, 'cleared', 1, ?2)";
        db.execute(clears, params![gone, crate::house::now()]).unwrap();
        db.execute_batch("DROP TABLE IF EXISTS old_held").unwrap();
        drop(db);
        for time in 0..2 {
            let stage = Stage::open(dir.path());
            let open = time == 0;
            assert_eq!(stage.held(&old), both(true, ""));
            assert_eq!(state_of(&stage, &old), State::Detained);
            assert_eq!(stage.held(&amended), both(open, "amendment 1"));
            assert_eq!(stage.held(&decided), both(false, ""));
            assert_eq!(stage.held(&gone), []);
            // It is told with why, and is lifted as any.
            let told = stage.house.store.events(&old, 0, usize::MAX).unwrap();
            let by = told.iter().rfind(|h| h.event.name() == "detained").unwrap();
            let by = stage.house.store.filing(&by.filing).unwrap().unwrap();
            let said = crate::act::said_of(&by, None);
            assert!(said["text"]["ru"].as_str().is_some_and(|text| !text.is_empty()), "{said}");
            assert!(!by.receipt.is_empty());
            if open {
                for kind in ["documents", "detention"] {
                    stage.lifts(&amended, kind, "amendment 1");
                }
            }
            stage.house.store.close();
        }
    }
}
