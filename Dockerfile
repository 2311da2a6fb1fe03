FROM node:20-slim
WORKDIR /drydock
COPY package.json package-lock.json ./
RUN npm install --no-save --omit=dev
COPY . .
USER node
ENTRYPOINT ["node", "--import", "tsx", "workers/main.ts"]
CMD ["worker"]
