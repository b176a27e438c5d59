"""`hozon completion`: what makes bash, zsh and fish complete the words of a command.

Owns the scripts, as far as they are not click's own. Refuses to own what is offered; that is
`hozon.cli.completing` and click.
"""

import os
from typing import ClassVar, Final

import click
from click.shell_completion import BashComplete, get_completion_class, split_arg_string

from hozon.cli.options import JSON
from hozon.cli.printing import print_json

VARIABLE: Final = "_HOZON_COMPLETE"
"""The environment variable by which a shell asks for words."""

LINES: Final = {
    "bash": ('eval "$(hozon completion bash)"', "~/.bashrc"),
    "zsh": ('eval "$(hozon completion zsh)"', "~/.zshrc, below compinit"),
    "fish": ("hozon completion fish | source", "~/.config/fish/config.fish"),
}
"""Shell → the line that switches completion on, and where it belongs."""


class BashWords(BashComplete):
    """Completion in bash of words with colons, which bash takes for several words.

    The script sends the line up to the cursor, and leaves out of each word what bash has before
    the last colon.
    """

    name: ClassVar[str] = "bash"
    """What the shell is called."""

    source_template: ClassVar[str] = """\
%(complete_func)s() {
    local IFS=$'\\n' line=${COMP_LINE:0:COMP_POINT} response type value word prefix=
    word=${line##*[[:space:]]}
    word=${word##*=}
    if [[ $COMP_WORDBREAKS == *:* && $word == *:* ]]; then
        prefix=${word%%:*}:
    fi
    response=$(env COMP_WORDS="$line" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            dir) COMPREPLY=(); compopt -o dirnames ;;
            file) COMPREPLY=(); compopt -o default ;;
            plain) COMPREPLY+=("${value#"$prefix"}") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
    """The script that bash reads."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read the line up to the cursor: the words before, and the beginning of the last one."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)
        if not words or line[-1:].isspace():
            return words[1:], ""
        return words[1:-1], words[-1]


@click.command(short_help="Complete words with Tab in bash, zsh and fish.")
@click.argument("shell", metavar="SHELL", type=click.Choice(sorted(LINES)))
@JSON
def completion(shell: str, *, as_json: bool) -> None:
    """Print the script that makes SHELL complete commands, options, paths and ids.

    Add one line to the file that your shell reads when it starts, and begin a new shell:

    \b
      bash  ~/.bashrc                   eval "$(hozon completion bash)"
      zsh   ~/.zshrc, below compinit    eval "$(hozon completion zsh)"
      fish  ~/.config/fish/config.fish  hozon completion fish | source

    Then Tab completes artifacts, versions and aliases behind the colon, runs and sweeps, as far as
    you may read them.
    """  # noqa: D301  click knows the character \b.
    root = click.get_current_context().find_root()
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  The choices are shells that are known.
    script = kind(root.command, {}, root.info_name or "hozon", VARIABLE).source()
    line, file = LINES[shell]
    if as_json:
        print_json({"shell": shell, "line": line, "file": file, "script": script})
    else:
        # Behind the script: zsh reads its first line.
        click.echo(f"{script.rstrip()}\n\n# Add to {file}:\n#   {line}")
