kubectl rollout undo statefulset/moorings
sleep 20
