/** What the build makes of the core's exports. */
export declare function instantiate(...args: unknown[]): any;
