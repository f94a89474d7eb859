{{- define "passport.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- define "passport.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "passport.labels" -}}
{{ include "passport.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "passport.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "passport.account" -}}
{{ .Values.serviceAccount.name | default (include "passport.name" .) }}
{{- end -}}

{{/* What a container of the service may do: nothing beside its own files. */}}
{{- define "passport.container" -}}
image: {{ include "passport.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{- define "passport.pod" -}}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* Settings of the nodes and of the job. These outrank the keys of the Secret. */}}
{{- define "passport.env" -}}
- name: PASSPORT__ENVIRONMENT
  value: production
- name: PASSPORT__HTTP__LISTEN
  value: "0.0.0.0:8080"
- name: PASSPORT__HTTP__PUBLIC_URL
  value: {{ .Values.publicUrl | quote }}
- name: PASSPORT__HTTP__TRUSTED_PROXIES
  value: {{ join "," .Values.trustedProxies | quote }}
{{- if .Values.admin.enabled }}
- name: PASSPORT__ADMIN__LISTEN
  value: "0.0.0.0:{{ .Values.admin.port }}"
- name: PASSPORT__ADMIN__BEHIND_TLS
  value: "true"
{{- end }}
{{- if .Values.metrics.enabled }}
- name: PASSPORT__METRICS__LISTEN
  value: "0.0.0.0:{{ .Values.metrics.port }}"
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
