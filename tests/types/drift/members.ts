/** Compares the methods that the package's types declare with those that its modules have. What differs is named by the error. */

import type { Client } from '../../../pkg-template/client.js';
import type { FeatureFlags as Flags } from '../../../pkg-template/feature-flags.js';
import type { FeatureFlags, FlagMethods, Hoglet, LazyHoglet, People } from '../../../pkg-template/index.js';
import type { people } from '../../../pkg-template/people.js';
import type { shorthands } from '../../../pkg-template/shorthands.js';

/** A client as it is at run time: some of its methods are put there as it is made. */
type RealClient = Omit<Client, keyof typeof shorthands> & typeof shorthands & Pick<Flags, keyof FlagMethods>;
type RealPeople = ReturnType<typeof people>;

/** What the entry takes from the client that stands behind it. */
type Internal = 'replay' | 'member';

type Method = (...args: any[]) => any;
type Methods<T> = { [Name in keyof T as T[Name] extends Method ? Name : never]: T[Name] };
type Arity<T> = T extends (...args: infer Args) => any ? Required<Args>['length'] : never;

/** The names that only the first has. */
type Missing<One, Other> = Exclude<keyof One, keyof Other>;
/** The methods that take more or fewer arguments than is declared. */
type OtherArity<Real, Declared> = {
  [Name in keyof Methods<Real> & keyof Methods<Declared>]: Arity<Real[Name]> extends Arity<Declared[Name]>
    ? Arity<Declared[Name]> extends Arity<Real[Name]>
      ? never
      : Name
    : Name;
}[keyof Methods<Real> & keyof Methods<Declared>];
/** The methods that do not take the arguments that are declared. */
type OtherArguments<Real, Declared> = {
  [Name in keyof Methods<Real> & keyof Methods<Declared>]: Declared[Name] extends (...args: infer Args) => any
    ? Real[Name] extends (...args: Args) => any
      ? never
      : Name
    : never;
}[keyof Methods<Real> & keyof Methods<Declared>];
/** The methods that return something else. */
type OtherResult<Real, Declared> = {
  [Name in keyof Methods<Real> & keyof Methods<Declared>]: Real[Name] extends (...args: any[]) => infer Result
    ? Declared[Name] extends (...args: any[]) => infer Promised
      ? [Result] extends [Promised]
        ? never
        : Name
      : never
    : never;
}[keyof Methods<Real> & keyof Methods<Declared>];

/** What `none` is asserted of must have no member. */
declare function none<_Names extends never>(): void;

// What is declared is there, and what is there is declared.
none<Missing<Hoglet, RealClient>>();
none<Missing<Omit<RealClient, Internal>, Hoglet>>();
none<Missing<FeatureFlags, Flags>>();
none<Missing<Flags, FeatureFlags>>();
none<Missing<People, RealPeople>>();
none<Missing<RealPeople, People>>();
// Only the lazy entry has a core to fetch and to wait for.
none<Exclude<Missing<LazyHoglet, Hoglet>, 'load' | 'ready'>>();

none<OtherArity<RealClient, Hoglet>>();
none<OtherArity<Flags, FeatureFlags>>();
none<OtherArguments<RealClient, Hoglet>>();
none<OtherArguments<Flags, FeatureFlags>>();
none<OtherResult<RealClient, Hoglet>>();
none<OtherResult<Flags, FeatureFlags>>();
