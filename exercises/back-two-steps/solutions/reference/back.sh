kubectl rollout history deployment/timetable
kubectl rollout undo deployment/timetable --to-revision=1
kubectl rollout status deployment/timetable --timeout=60s
