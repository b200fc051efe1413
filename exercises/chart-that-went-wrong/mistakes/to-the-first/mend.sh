helm rollback board 1 --wait
