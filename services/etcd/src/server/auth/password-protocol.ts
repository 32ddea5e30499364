/** What the main thread and the thread that works on passwords say to each other. */
export type PasswordOrder = { readonly id: number; readonly password: string } & (
  | { readonly kind: 'hash'; readonly cost: number }
  | { readonly kind: 'compare'; readonly hash: string }
);

export type PasswordReport = { readonly id: number } & (
  | { readonly kind: 'hash'; readonly hash: string }
  | { readonly kind: 'compare'; readonly isEqual: boolean }
  | { readonly kind: 'failed'; readonly message: string }
);
