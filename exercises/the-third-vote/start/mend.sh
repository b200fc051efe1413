# What you would type, a command a line.
