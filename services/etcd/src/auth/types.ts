/** Users, roles, permissions, and who asks. */

/** Bytes as a one-byte string, as the store keeps them (mvcc/version.ts, which is not pure). */
export type ByteString = string;

export interface User {
  readonly name: string;
  /** A bcrypt hash; empty when there is none. */
  readonly passwordHash: Uint8Array;
  /** In the order of `compareNames`, each once. */
  readonly roles: readonly string[];
  /** Undefined for users that an etcd before 3.5 made. */
  readonly options: { readonly noPassword: boolean } | undefined;
}

/** As numbered on the wire. */
export const PermissionType = { read: 0, write: 1, readwrite: 2 } as const;

export interface Permission {
  /** A PermissionType; of any other number it permits nothing. */
  readonly type: number;
  readonly key: ByteString;
  /** Empty for the one key, "\0" for all from there on. */
  readonly rangeEnd: ByteString;
}

export interface Role {
  readonly name: string;
  /** In the order of their keys. */
  readonly permissions: readonly Permission[];
}

/** Who asks, and the auth revision at which that was known. */
export interface AuthInfo {
  /** Empty for a client certificate without a name, and for nobody. */
  readonly user: string;
  /** 0 for nobody. */
  readonly revision: number;
}

export const nobody: AuthInfo = { user: '', revision: 0 };

export const rootName = 'root';
