"""The command line: commands, tables and exit codes.

Owns what a terminal shows. Refuses to own what commands do; they call the same services as the
SDK. Data goes to standard output, everything else to standard error.
"""
