/** What holds for an account as a whole; the defaults are those of a new account. */
export interface AccountSecurity {
  /** AccessKeys of the main account; one of them is the local cloud's root key. */
  mainAccountKeys: number;
  mainAccountMfa: boolean;
  passwordPolicy: PasswordPolicy;
  /** JSON text of the network policy for the keys of all users. */
  networkPolicy?: string;
}

export interface PasswordPolicy {
  minimumLength: number;
  lowercase: boolean;
  uppercase: boolean;
  numbers: boolean;
  symbols: boolean;
  hardExpiry: boolean;
  maxAge: number;
  reusePrevention: number;
  maxAttempts: number;
  /** Days that an initial password is valid; 0: for ever. */
  initialPasswordAge: number;
}

export const newAccountSecurity = (): AccountSecurity => ({
  mainAccountKeys: 1,
  mainAccountMfa: true,
  passwordPolicy: {
    minimumLength: 8,
    lowercase: false,
    uppercase: false,
    numbers: false,
    symbols: false,
    hardExpiry: false,
    maxAge: 0,
    reusePrevention: 0,
    maxAttempts: 0,
    initialPasswordAge: 14,
  },
});
