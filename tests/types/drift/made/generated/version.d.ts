/** What the build makes of the workspace's version. */
export declare const version: string;
