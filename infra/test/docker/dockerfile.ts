import { type Copy, type Dockerfile, DockerfileParser, type Instruction, type JSONInstruction } from 'dockerfile-ast';

export interface Stage {
  /** What it starts from, as it is written. */
  base: string;
  name: string | undefined;
  instructions: readonly Instruction[];
}

export interface ParsedDockerfile {
  text: string;
  ast: Dockerfile;
  stages: readonly Stage[];
}

export function parseDockerfile(text: string): ParsedDockerfile {
  const ast = DockerfileParser.parse(text);
  const froms = ast.getFROMs();
  const instructions = ast.getInstructions();
  const starts = froms.map((from) => instructions.indexOf(from));
  const stages = froms.map((from, index) => ({
    base: from.getImage() ?? '',
    name: from.getBuildStage() ?? undefined,
    instructions: instructions.slice((starts[index] ?? 0) + 1, starts[index + 1]),
  }));
  return { text, ast, stages };
}

export const keyword = (instruction: Instruction): string => instruction.getKeyword().toUpperCase();

/** The instructions of one kind in a stage. */
export const ofKind = (stage: Stage | undefined, kind: string): Instruction[] =>
  (stage?.instructions ?? []).filter((instruction) => keyword(instruction) === kind);

/** What follows the keyword, with the lines that belong together joined. */
export const argumentsOfInstruction = (instruction: Instruction | undefined): string =>
  (instruction?.getRawArgumentsContent() ?? '').replaceAll(/\\\n\s*/g, '');

/** The words of an exec form (`["node", "main.js"]`); undefined where it is a shell's. */
export function execForm(instruction: Instruction | undefined): string[] | undefined {
  const text = argumentsOfInstruction(instruction).replace(/^(--\S+\s+)*(CMD\s+)?/, '');
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** `--from` and the like. */
export function flagOf(instruction: Instruction, name: string): string | undefined {
  const flags = (instruction as JSONInstruction | Copy).getFlags();
  return flags.find((flag) => flag.getName() === name)?.getValue() ?? undefined;
}
