kubectl set image deployment/timetable web=nginx:1.27
sleep 15
