export const usage = `npm run bus -- <command>

  groups                                    who gets events, how far each group is, and what it waits for
  pause <group>, resume <group>             events wait in the log meanwhile
  dead-letters [--group g] [--reason r] [--key k] [--state dead|queued|redelivered]
                                            events given up, and why
  redeliver <id>…                           delivers dead letters again, and shows how that goes
  redeliver --group g [--reason r] [--key k], redeliver --all
  replay <group> --from beginning|<sequence>|<ISO time> [--key k] [--dry-run]
                                            delivers events again that the group has had
  skip <group> <sequence>                   gives up an event, as a dead letter: its key goes on
  halt <group> <key>, release <group> <key>
                                            sends nothing of a key until it is released
  tail [--from <sequence>] [--type T]… [--key k]
                                            shows events as they come; Ctrl+C ends it
  verify [--data <folder>]                  checks the files of the bus, also while it runs: says what is damaged and
                                            what to do; exit code 1 if anything is
  verify --mend [--data <folder>]           puts the log together anew from its whole records; the bus must not run

It talks to http://127.0.0.1:4005, or to EVENT_BUS_URL; with TOKEN (npm run token -- --roles operator) to a bus elsewhere.`;
