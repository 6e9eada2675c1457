export type ServiceName = 'event-bus' | 'posts' | 'comments' | 'moderation' | 'query' | 'client';
export type ProcessName = ServiceName | 'comments-2' | 'comments-3';
export type Environment = Record<string, string | undefined>;

export interface ProcessEntry {
  name: ProcessName;
  service: ServiceName;
  port: number;
  portVariable: string;
}

export const root: string;
export const processes: readonly ProcessEntry[];
export function chooseProcesses(names: readonly string[]): readonly ProcessEntry[];
export function portsFrom(env: Environment): Record<ProcessName, number>;
export function addressesOf(host: string): readonly string[];
export function reachable(host: string): string;
export function urlsOf(ports: Record<ProcessName, number>, host?: string): Record<ProcessName, string>;
export function environmentOf(
  name: ProcessName,
  options: {
    ports: Record<ProcessName, number>;
    host?: string;
    dataDir: string;
    env?: Environment;
    present?: readonly ProcessName[];
  },
): Environment;
export function entryOf(service: ServiceName): string;
export function argumentsOf(service: ServiceName): readonly string[];
