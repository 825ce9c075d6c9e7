/**
 * Starting the programs that the tests need, and ending exactly those: each with all of its
 * descendants, which browsers have many of, and none of anybody else's.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How often a folder is tried to be removed, and the milliseconds in between. */
const REMOVALS = 20;
const REMOVAL_PAUSE = 100;
/** How much of a program's output is kept for the message about its failure, in characters. */
const OUTPUT_KEPT = 4_000;

/** Root processes to end, and folders to remove, when this process ends. */
const started = new Map();
const temporaryFolders = new Set();

process.on('exit', () => {
  for (const child of started.values()) killTree(child);
  for (const folder of temporaryFolders) removeFolder(folder);
});
// By default Node ends at these signals without an `exit` event. node:test ends a test file that
// took too long with SIGTERM.
for (const [signal, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]]) {
  process.once(signal, () => process.exit(128 + number));
}

/**
 * Starts a program. `child.output()` gives the last of what it wrote.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    });
  }
  child.output = () => output;
  child.once('error', (error) => {
    output += `${command}: ${error.message}`;
  });
  return endWithUs(child);
}

/** Has the child process, which may have been started by a library, end when this process does. */
export function endWithUs(child) {
  if (child.pid) {
    started.set(child.pid, child);
    child.once('exit', () => started.delete(child.pid));
  }
  return child;
}

/** Whether the process is running. */
export function isRunning(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Sends SIGKILL to a process that `start` started and to all of its descendants, at once. */
export function killTree(child) {
  if (isRunning(child)) for (const pid of [child.pid, ...descendants(child.pid)]) killProcess(pid);
}

/**
 * Kills the tree and waits until its root is gone.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {Map<number, string>} [former] what the tree was, of which some may have lost their parents since
 */
export async function endTree(child, former = new Map()) {
  if (isRunning(child)) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    killTree(child);
    await gone;
  }
  for (const [pid, since] of former) {
    // The number may be another process's by now.
    if (since && startOf(pid) === since) killProcess(pid);
  }
}

/** The descendants of a process as they are now, with what tells each from a later process of the same number. */
export function treeOf(child) {
  return new Map(descendants(child.pid).map((pid) => [pid, startOf(pid)]));
}

function killProcess(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** The pids of the children of a process, of their children, and so on. */
export function descendants(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    if (parent === undefined) continue;
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(Number(name));
  }
  const found = [];
  const open = [pid];
  while (open.length > 0) {
    const next = children.get(open.pop()) ?? [];
    found.push(...next);
    open.push(...next);
  }
  return found;
}

/** The pid of a process's parent. */
function parentOf(pid) {
  const [, parent] = statusOf(pid);
  return parent && Number(parent);
}

/** When a process started, in ticks since the machine did. */
function startOf(pid) {
  return statusOf(pid)[19];
}

/** What the system tells of a process, from its state on; nothing of one that has ended. */
function statusOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // `pid (name) state parent …`: the name may hold spaces and parentheses.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** A port on the loopback interface that was free a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder that is removed by `removeFolder`, or when this process ends. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `hoglet-${name}-`));
  temporaryFolders.add(folder);
  return folder;
}

export function removeFolder(folder) {
  temporaryFolders.delete(folder);
  for (let attempt = 1; ; attempt++) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      // A process that was just killed may still be writing its last file. `maxRetries` would not look what is there now.
      if (attempt === REMOVALS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVAL_PAUSE);
    }
  }
}
