kubectl rollout restart deployment/timetable
sleep 10
