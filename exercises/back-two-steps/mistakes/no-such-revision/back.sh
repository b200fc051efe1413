kubectl rollout undo deployment/timetable --to-revision=7
