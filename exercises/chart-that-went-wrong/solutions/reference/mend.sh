helm history board
helm rollback board 2 --wait
