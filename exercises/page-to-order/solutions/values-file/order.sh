cat > tides.yaml <<'END'
replicaCount: 2
message: High tide at six
END
for version in 1.0.0 1.1.0; do
  helm upgrade --install tides nginx --repo https://charts.drydock.example --version $version -n quay -f tides.yaml --wait
done
