import { Command } from 'commander';
import { withConfigOption } from '../options';
import { readConfig } from '../workplace';

export function checkCommand(): Command {
  const command = new Command('check').description('Check the configuration, without any call to the cloud.');
  return withConfigOption(command).action(({ config: file }: { config?: string }) => {
    const { mode, rotation, notify, exempt } = readConfig(file);
    const { names, tag, group } = rotation.users;
    const managed = [
      ...names,
      ...(tag ? [`whoever has the tag ${tag.key}=${tag.value}`] : []),
      ...(group ? [`the members of ${group}`] : []),
    ];
    console.log(
      `The configuration is sound: mode ${mode}, ${notify.length} channels, ${exempt.length} exemptions; managed: ${managed.join(', ') || 'nobody'}.`,
    );
  });
}
