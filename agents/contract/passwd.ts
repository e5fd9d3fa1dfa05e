/** Numeric ids of users, by name. */
export type Users = ReadonlyMap<string, { readonly uid: number; readonly gid: number }>;

/** The users in the text of a file /etc/passwd. */
export const usersIn = (passwd: string): Users =>
  new Map(
    passwd.split('\n').flatMap(line => {
      const [name = '', , uid, gid] = line.split(':');
      return gid === undefined ? [] : [[name, { uid: Number(uid), gid: Number(gid) }] as const];
    }),
  );
