kubectl rollout undo deployment/timetable
sleep 15
