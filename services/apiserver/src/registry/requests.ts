/** What a request to the registry carries besides its object. */
import type { FieldValidation, KindDefinition, KubernetesObject } from '@drydock/api';
import type { Subject } from '../authz/subject.ts';
import type { Selection } from '../cacher/selection.ts';
import type { StoredObject } from '../storage/stored-object.ts';

/** Where a request points. */
export interface Target {
  readonly kind: KindDefinition;
  /** The version in which the client sees the kind, where that is not the stored one. */
  readonly via?: KindDefinition;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

export interface WriteOptions {
  readonly user: Subject;
  /** Who owns the fields that this changes: the client's fieldManager, or what it calls itself. */
  readonly manager: string;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Collects what the client should be told (Warning headers). */
  readonly warnings: string[];
}

/** What a write costs of quotas. */
export interface Charged {
  readonly target: Target;
  readonly object: KubernetesObject;
  readonly old: KubernetesObject | undefined;
  readonly dryRun: boolean;
}

/** Pays for a write. @throws ApiError Forbidden */
export type Bill = (asked: Charged) => Promise<void>;

/** DeleteOptions, read and checked. */
export interface DeleteAsk {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/** How fresh a read must be: consistent, whatever the cache has, or at least a version. */
export type Freshness = 'consistent' | 'any' | number;

/** `decided`: the maker has checked and prepared the object itself, as bindings do. */
export type UpdatePart =
  | 'all'
  | 'status'
  | 'approval'
  | 'ephemeralcontainers'
  | 'finalize'
  | 'decided';

export interface UpdateAsk {
  readonly part: UpdatePart;
  /** Makes the wanted object out of the current one; called again when that changes. */
  readonly make: (current: StoredObject) => KubernetesObject | Promise<KubernetesObject>;
  /** Makes the object of a name that is not there: of a PUT where the kind allows it, of an apply. */
  readonly makeNew?: () => KubernetesObject;
  /** The maker has decided who owns which fields, as apply and scale do. */
  readonly decidesOwners?: boolean;
}

export interface WatchAsk {
  readonly selection: Selection;
  /** Changes after this version; undefined begins with the present objects. */
  readonly after: number | undefined;
  readonly freshness: Freshness;
  readonly bookmarks: boolean;
  readonly marksInitialEnd: boolean;
}

/** One write, however often it is tried. */
export interface Writing {
  readonly write: WriteOptions;
  readonly bill: Bill;
  /** The object brings its owners along, as an apply does. */
  readonly decidesOwners: boolean;
}
