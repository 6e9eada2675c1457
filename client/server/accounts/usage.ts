export const accountUsage = `npm run account -- <command>

  list                                     who has an account, and which roles
  add <name> --roles author,moderator      makes one, and prints its password once
  roles <name> --roles author              gives it these roles and no others
  password <name>                          gives it a new password, and prints it once
  link <name>                              prints a link that signs in once, within a quarter of an hour
  sign-out <name>                          signs it out everywhere
  remove <name>                            ends it
  token --roles author [--name <name>] [--minutes 15 | --hours 24]
                                           prints a token for a program; one with the name of an
                                           account may live longer, and then counts at the client alone
  audit [--json]                           shows who signed in, and who changed what; the newest last

Roles: author (posts), moderator (comments), operator (the bus). With --password-stdin the password
is read from standard input instead of being made up. sign-out, remove, a new password and other roles
end at once whatever the account had: sessions, links, and the tokens that were made for it.`;
