// Does to the databases of a folder what services and bus do, as fast as it can, until it is killed.
// `inside`: a state with its outbox row, the event in the log, its effect at a subscriber, the group's cursor; and the outbox row
// is gone. `outside`: somebody else publishes to the bus, and a group whose service is elsewhere gets it.
const { join } = require('node:path');
const Sqlite = require('@blog/kit/sqlite');

const [folder, who] = process.argv.slice(2);

function open(name, tables) {
  const db = new Sqlite(join(folder, name), { timeout: 10_000 });
  db.pragma('journal_mode = WAL');
  db.exec(tables);
  return db;
}

const log = open('event-bus.db', 'CREATE TABLE IF NOT EXISTS events (number INTEGER, who TEXT)');
const append = log.prepare('INSERT INTO events VALUES (?, ?)');
const delivery = open('event-bus-delivery.db', 'CREATE TABLE IF NOT EXISTS cursors (number INTEGER, who TEXT UNIQUE)');
const move = delivery.prepare('INSERT OR REPLACE INTO cursors VALUES (?, ?)');

function inside() {
  const posts = open('posts.db', 'CREATE TABLE state (number INTEGER); CREATE TABLE outbox (number INTEGER)');
  const comments = open('comments.db', 'CREATE TABLE effects (number INTEGER)');
  const write = posts.transaction((number) => {
    posts.prepare('INSERT INTO state VALUES (?)').run(number);
    posts.prepare('INSERT INTO outbox VALUES (?)').run(number);
  });
  return (number) => {
    write.immediate(number);
    append.run(number, who);
    comments.prepare('INSERT INTO effects VALUES (?)').run(number);
    move.run(number, who);
    posts.prepare('DELETE FROM outbox WHERE number = ?').run(number);
  };
}

const outside = () => (number) => {
  append.run(number, who);
  move.run(number, who);
};

const step = who === 'inside' ? inside() : outside();
for (let number = 1; ; number += 1) {
  step(number);
  if (number === 1) process.stdout.write('writing\n');
}
