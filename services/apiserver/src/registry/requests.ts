/** What a request to the registry carries besides its object. */
import type { FieldValidation, KindDefinition } from '@drydock/api';
import type { User } from '../authn/user.ts';

/** Where a request points. */
export interface Target {
  readonly kind: KindDefinition;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

export interface WriteOptions {
  readonly user: User;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Collects what the client should be told (Warning headers). */
  readonly warnings: string[];
}

/** DeleteOptions, read and checked. */
export interface DeleteAsk {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}
