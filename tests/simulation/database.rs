//! The database of the model: SQLite in memory, asked without waiting.
//!
//! What is committed and what a transaction is about to change are two databases. A transaction writes into
//! the second, and its statements are repeated in the first when it commits; so whoever reads outside of it sees
//! what is committed, as beside PostgreSQL. One transaction writes at a time; others wait for it, and that
//! they do is the caller's.
//!
//! It also keeps what nobody above it is asked to keep: every version of an endpoint that was ever committed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};
use sagebrush::domain::world::WorldId;
use sagebrush::store::ground::{Cell, Ran};
use sagebrush::store::{Error, MIGRATIONS, SQLITE_MIGRATIONS};

use super::sabotage::Sabotage;

/// Every version of every endpoint, where the key refuses a second commit of one version; and which endpoints had a
/// step that failed and was put off.
const SEEN: &str = "
    CREATE TABLE seen (
        endpoint_id TEXT NOT NULL, version BIGINT NOT NULL, modified_ms BIGINT NOT NULL, status TEXT NOT NULL,
        blue BIGINT NOT NULL, green BIGINT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (endpoint_id, version));
    CREATE TRIGGER seen_first AFTER INSERT ON endpoints BEGIN INSERT INTO seen VALUES
        (new.id, new.version, new.modified_ms, new.status, new.traffic_blue, new.traffic_green, new.state); END;
    CREATE TRIGGER seen_next AFTER UPDATE OF version ON endpoints BEGIN INSERT INTO seen VALUES
        (new.id, new.version, new.modified_ms, new.status, new.traffic_blue, new.traffic_green, new.state); END;
    CREATE TABLE put_off (endpoint_id TEXT PRIMARY KEY, times BIGINT NOT NULL);
    CREATE TRIGGER put_off AFTER UPDATE OF faults ON endpoints WHEN new.faults > 0 BEGIN
        INSERT INTO put_off VALUES (new.id, 1) ON CONFLICT (endpoint_id) DO UPDATE SET times = times + 1; END;";

/// Where sqlx notes which migrations a database has.
const APPLIED: &str = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY)";

/// Statements that are kept prepared: all that there are.
const STATEMENTS: usize = 512;

thread_local! {
    /// Databases that are empty again: to prepare all statements takes longer than a run.
    static EMPTY: RefCell<Vec<(Connection, Connection)>> = const { RefCell::new(Vec::new()) };
}

/// Who asks: a connection of the model.
pub type Wire = u64;

/// The database.
pub struct Database {
    committed: Connection,
    changing: Connection,
    begun: BTreeMap<Wire, Begun>,
    writer: Option<Wire>,
    /// What is broken, if anything is.
    pub sabotage: Option<Sabotage>,
    /// Commits that have written something.
    commits: u64,
}

/// A transaction.
#[derive(Default)]
struct Begun {
    /// The world whose row it has locked.
    world: Option<Vec<Cell>>,
    /// What it wrote, to be repeated.
    wrote: Vec<(String, Vec<Cell>)>,
    /// Whether somebody has ended it.
    ended: bool,
    /// Whether a statement has failed; as in PostgreSQL nothing is possible then but to go back to a mark.
    failed: bool,
    /// Marks that it stands behind.
    marks: usize,
}

impl Begun {
    /// Whether a statement is about a mark.
    fn marked(&mut self, sql: &str) -> bool {
        if sql.starts_with("SAVEPOINT") {
            self.marks += 1;
        } else if sql.starts_with("RELEASE") {
            self.marks -= 1;
        } else if sql.starts_with("ROLLBACK TO") {
            self.failed = false;
        } else {
            return false;
        }
        true
    }
}

/// What came of asking.
pub enum Tried {
    Ran(Ran),
    /// The row is locked, and whoever asks does not want to wait for it.
    Skipped,
    /// Somebody else writes; ask again when nobody does.
    Locked,
}

impl Database {
    pub fn empty() -> Self {
        let kept = EMPTY.with_borrow_mut(Vec::pop);
        let (committed, changing) = kept.unwrap_or_else(|| (opened(), opened()));
        Self { committed, changing, begun: BTreeMap::new(), writer: None, sabotage: None, commits: 0 }
    }

    /// What is committed, to be looked at by those who judge.
    pub fn committed(&self) -> &Connection {
        &self.committed
    }

    /// The base time at which the next world wants to be looked at.
    pub fn nearest_wake(&self) -> Option<i64> {
        let sql = "SELECT MIN(wake_real_ms) FROM worlds";
        let mut statement = self.committed.prepare_cached(sql).expect("there are worlds");
        statement.query_row([], |row| row.get(0)).expect("a minimum is one row")
    }

    /// The base time at which this world wants to be looked at.
    pub fn wake_of(&self, world: &WorldId) -> Option<i64> {
        let sql = "SELECT MIN(wake_real_ms) FROM worlds WHERE account = $1 AND region = $2";
        let mut statement = self.committed.prepare_cached(sql).expect("there are worlds");
        statement.query_row([&world.account, &world.region], |row| row.get(0)).expect("a minimum is one row")
    }

    /// Whether no endpoint of this world is in transition.
    pub fn is_at_rest(&self, world: &WorldId) -> bool {
        let sql = "SELECT COUNT(*) FROM endpoints WHERE account = $1 AND region = $2 AND wake_ms IS NOT NULL";
        let mut statement = self.committed.prepare_cached(sql).expect("there are endpoints");
        let count: i64 =
            statement.query_row([&world.account, &world.region], |row| row.get(0)).expect("one row");
        count == 0
    }

    /// The endpoints of this world that have synthetic traffic.
    pub fn with_traffic(&self, world: &WorldId) -> Vec<String> {
        let sql = "SELECT name FROM endpoints WHERE account = $1 AND region = $2 \
                   AND id IN (SELECT endpoint_id FROM traffic) ORDER BY name";
        let mut statement = self.committed.prepare_cached(sql).expect("there are endpoints");
        let names = statement.query_map([&world.account, &world.region], |row| row.get(0)).expect("names");
        names.collect::<Result<_, _>>().expect("a name is text")
    }

    /// A number that two databases with the same rows have in common.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for table in tables(&self.committed) {
            let rows =
                ask(&self.committed, &format!("SELECT * FROM {table}"), &[]).expect("a table can be read");
            for cell in rows.rows.into_iter().flatten() {
                match cell {
                    Cell::Int(value) => value.hash(&mut hasher),
                    Cell::Text(text) => text.hash(&mut hasher),
                    Cell::Null => 0_u8.hash(&mut hasher),
                }
            }
        }
        hasher.finish()
    }

    pub fn begin(&mut self, wire: Wire) {
        self.begun.insert(wire, Begun::default());
    }

    /// Whether this transaction was ended by somebody else.
    pub fn is_ended(&self, wire: Wire) -> bool {
        self.begun.get(&wire).is_some_and(|begun| begun.ended)
    }

    /// Whether this connection is in a transaction.
    pub fn is_begun(&self, wire: Wire) -> bool {
        self.begun.contains_key(&wire)
    }

    /// Whether nobody writes.
    pub fn is_free(&self) -> bool {
        self.writer.is_none()
    }

    /// The transactions that are open.
    pub fn open(&self) -> Vec<Wire> {
        self.begun.iter().filter(|(_, begun)| !begun.ended).map(|(wire, _)| *wire).collect()
    }

    /// Whether this transaction stands behind a mark, and can go back to it.
    pub fn is_marked(&self, wire: Wire) -> bool {
        self.begun.get(&wire).is_some_and(|begun| begun.marks > 0 && !begun.failed)
    }

    /// Refuses what a transaction wants to write, as a constraint does.
    pub fn refuse(&mut self, wire: Wire) -> Error {
        if let Some(begun) = self.begun.get_mut(&wire) {
            begun.failed = true;
        }
        Error::Constraint(sqlx::Error::Protocol("the database refuses to write this".to_owned()))
    }

    pub fn run(&mut self, wire: Wire, sql: &str, args: &[Cell]) -> Result<Tried, Error> {
        if self.sabotage.is_some_and(|sabotage| sabotage.hides(sql)) {
            return Ok(Tried::Ran(Ran::default()));
        }
        let bent = self.sabotage.map_or(Cow::Borrowed(sql), |sabotage| sabotage.bent(sql));
        let (plain, lock) = lock_of(&bent);
        let locks_hold = self.sabotage.is_none_or(Sabotage::lets_locks_hold);
        let writes = !is_read(sql);
        if let Some(begun) = self.begun.get_mut(&wire) {
            if begun.failed && !sql.starts_with("ROLLBACK TO") {
                let what = "the transaction has failed, and only going back is possible";
                return Err(Error::Database(sqlx::Error::Protocol(what.to_owned())));
            }
            // Nothing has been written yet that going back would undo.
            if begun.marked(sql) && self.writer != Some(wire) {
                return Ok(Tried::Ran(Ran::default()));
            }
        }
        if self.writer == Some(wire) {
            return self.change(wire, plain, args, writes).map(Tried::Ran);
        }
        let wants_lock = writes || (lock.is_some() && locks_hold);
        if !wants_lock && (!locks_hold || !self.is_begun(wire)) {
            return ask(&self.committed, plain, args).map(Tried::Ran);
        }
        if let Some(writer) = self.writer {
            let held = self.begun.get(&writer).and_then(|begun| begun.world.as_deref());
            let skipped = lock == Some(Lock::Skip) && held == Some(args);
            return Ok(if skipped { Tried::Skipped } else { Tried::Locked });
        }
        let Some(begun) = self.begun.get_mut(&wire) else {
            let ran = ask(&self.changing, plain, args)?;
            repeat(&self.committed, &[(plain.to_owned(), args.to_vec())]);
            return Ok(Tried::Ran(ran));
        };
        begun.world = lock.map(|_| args.to_vec());
        let marks = begun.marks;
        self.writer = Some(wire);
        self.changing.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
        for _ in 0..marks {
            self.change(wire, "SAVEPOINT mark", &[], true)?;
        }
        self.change(wire, plain, args, writes).map(Tried::Ran)
    }

    fn change(&mut self, wire: Wire, sql: &str, args: &[Cell], writes: bool) -> Result<Ran, Error> {
        let ran = ask(&self.changing, sql, args);
        let begun = self.begun.get_mut(&wire).expect("who writes has begun");
        begun.failed = ran.is_err();
        if writes && ran.is_ok() {
            begun.wrote.push((sql.to_owned(), args.to_vec()));
        }
        ran
    }

    /// Commits; an error if somebody has ended the transaction.
    pub fn commit(&mut self, wire: Wire) -> Result<(), Error> {
        let begun = self.begun.remove(&wire).expect("only what was begun is committed");
        if begun.failed {
            self.roll_back(wire);
            return Err(Error::Database(sqlx::Error::Protocol(
                "a failed transaction is committed".to_owned(),
            )));
        }
        if begun.ended {
            return Err(unavailable("the transaction was ended by the database"));
        }
        if self.writer != Some(wire) {
            return Ok(());
        }
        self.commits += 1;
        if let Some(sabotage) = self.sabotage.filter(|sabotage| sabotage.strikes(self.commits)) {
            return self.commit_broken(wire, sabotage, &begun.wrote);
        }
        self.writer = None;
        self.changing.execute_batch("COMMIT").map_err(|error| refusal(&error))?;
        repeat(&self.committed, &begun.wrote);
        Ok(())
    }

    fn commit_broken(
        &mut self,
        wire: Wire,
        sabotage: Sabotage,
        wrote: &[(String, Vec<Cell>)],
    ) -> Result<(), Error> {
        self.roll_back(wire);
        let kept = match sabotage {
            Sabotage::ForgetsACommit => &[],
            Sabotage::TearsACommit => &wrote[..wrote.len().saturating_sub(1)],
            _ => wrote,
        };
        repeat(&self.changing, kept);
        repeat(&self.committed, kept);
        match sabotage {
            Sabotage::DeniesACommit => Err(self.refuse(wire)),
            _ => Ok(()),
        }
    }

    fn roll_back(&mut self, wire: Wire) {
        if self.writer == Some(wire) {
            self.writer = None;
            self.changing.execute_batch("ROLLBACK").expect("a transaction can be rolled back");
        }
    }

    /// Ends a transaction without a commit; its connection hears of it at its next statement.
    pub fn end(&mut self, wire: Wire) {
        let Some(begun) = self.begun.get_mut(&wire) else { return };
        begun.ended = true;
        self.roll_back(wire);
    }

    /// The connection is gone, and its transaction with it.
    pub fn hang_up(&mut self, wire: Wire) {
        self.end(wire);
        self.begun.remove(&wire);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for connection in [&self.committed, &self.changing] {
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK").expect("a transaction can be rolled back");
            }
            for table in tables(connection) {
                connection.execute(&format!("DELETE FROM {table}"), []).expect("a table can be emptied");
            }
        }
        let spare = || Connection::open_in_memory().expect("memory opens");
        let pair =
            (std::mem::replace(&mut self.committed, spare()), std::mem::replace(&mut self.changing, spare()));
        EMPTY.with_borrow_mut(|empty| empty.push(pair));
    }
}

/// The tables of a world, in an order in which their rows can go.
pub fn tables(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare_cached("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name")
        .expect("the schema can be read");
    let names = statement.query_map([], |row| row.get(0)).expect("the schema can be read");
    names.collect::<Result<_, _>>().expect("a table has a name")
}

fn opened() -> Connection {
    let connection = Connection::open_in_memory().expect("memory opens");
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA foreign_keys = ON").expect("SQLite knows foreign keys");
    connection.execute_batch(APPLIED).expect("nothing is there yet");
    for migration in MIGRATIONS.iter().chain(SQLITE_MIGRATIONS.iter()) {
        connection.execute_batch(migration.sql.as_str()).expect("a migration is SQL");
        let applied = connection.execute("INSERT INTO _sqlx_migrations VALUES (?1)", [migration.version]);
        applied.expect("each has its number");
    }
    connection.execute_batch(SEEN).expect("it fits the schema");
    connection
}

/// Whether a statement only reads.
pub fn is_read(sql: &str) -> bool {
    sql.starts_with("SELECT") || sql.starts_with("WITH")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    Wait,
    Skip,
}

/// A statement without its last words, and what they were.
fn lock_of(sql: &str) -> (&str, Option<Lock>) {
    if let Some(plain) = sql.strip_suffix(" FOR UPDATE SKIP LOCKED") {
        (plain, Some(Lock::Skip))
    } else if let Some(plain) = sql.strip_suffix(" FOR UPDATE") {
        (plain, Some(Lock::Wait))
    } else {
        (sql, None)
    }
}

/// An argument of a statement.
struct Bound<'a>(&'a Cell);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Int(value) => ValueRef::Integer(*value),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Null => ValueRef::Null,
        }))
    }
}

fn ask(connection: &Connection, sql: &str, args: &[Cell]) -> Result<Ran, Error> {
    let mut statement = connection.prepare_cached(sql).map_err(|error| refusal(&error))?;
    // To SQLite `$2` is a name, and which parameter it is depends on where it comes first.
    for index in 1..=statement.parameter_count() {
        let number = statement.parameter_name(index).and_then(|name| name[1..].parse::<usize>().ok());
        let arg =
            number.and_then(|number| args.get(number - 1)).expect("a placeholder is $1 or one after it");
        statement.raw_bind_parameter(index, Bound(arg)).map_err(|error| refusal(&error))?;
    }
    let columns = statement.column_count();
    if columns == 0 {
        let touched = statement.raw_execute().map_err(|error| refusal(&error))?;
        return Ok(Ran { rows: Vec::new(), touched: touched as u64 });
    }
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(|error| refusal(&error))? {
        let cell = |index| match row.get_ref(index).expect("it has so many columns") {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(value) => Cell::Int(value),
            ValueRef::Text(text) => Cell::Text(String::from_utf8(text.to_vec()).expect("all text is UTF-8")),
            other => panic!("{sql}: a column is {other:?}"),
        };
        rows.push((0..columns).map(cell).collect());
    }
    let touched = rows.len() as u64;
    Ok(Ran { rows, touched })
}

/// What one database has done the other does too.
fn repeat(connection: &Connection, wrote: &[(String, Vec<Cell>)]) {
    connection.execute_batch("BEGIN").expect("nobody else writes");
    for (sql, args) in wrote {
        ask(connection, sql, args).expect("both databases are alike");
    }
    connection.execute_batch("COMMIT").expect("both databases are alike");
}

fn refusal(error: &rusqlite::Error) -> Error {
    let text = sqlx::Error::Protocol(error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => Error::Constraint(text),
        _ => Error::Database(text),
    }
}

/// The database does not answer.
pub fn unavailable(what: &str) -> Error {
    Error::Unavailable(sqlx::Error::Io(std::io::Error::other(what.to_owned())))
}
