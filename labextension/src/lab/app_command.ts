import type { TranslationBundle } from "@jupyterlab/translation";
import type { CommandRegistry } from "@lumino/commands";
import { labCommands } from "../session/commands";

/// Registers a command of the table that is not of an open script, with the table's words unless
/// `options` has others.
export function addAppCommand(
  commands: CommandRegistry,
  trans: TranslationBundle,
  id: string,
  options: Partial<CommandRegistry.ICommandOptions> &
    Pick<CommandRegistry.ICommandOptions, "execute">,
): void {
  const { label, short = label, text = label } = labCommands.find(row => row.id === id)!;
  commands.addCommand(id, {
    label: args => trans.__(args.isPalette ? label : short),
    caption: trans.__(text),
    describedBy: { args: { type: "object", properties: {} } },
    ...options,
  });
}
