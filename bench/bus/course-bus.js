// An event bus as the course writes it, for comparison: in memory, with axios, and nothing is sent twice.
const express = require('express');
const bodyParser = require('body-parser');
const axios = require('axios');

const app = express();
app.use(bodyParser.json());

const events = [];

app.post('/events', (req, res) => {
  const event = req.body;

  events.push(event);

  axios.post(process.env.FIRST_URL, event).catch((err) => {
    console.log(err.message);
  });
  axios.post(process.env.SECOND_URL, event).catch((err) => {
    console.log(err.message);
  });
  axios.post(process.env.THIRD_URL, event).catch((err) => {
    console.log(err.message);
  });
  axios.post(process.env.FOURTH_URL, event).catch((err) => {
    console.log(err.message);
  });

  res.send({ status: 'OK' });
});

app.get('/events', (req, res) => {
  res.send(events);
});

app.listen(process.env.PORT, () => {
  console.log(`Listening on ${process.env.PORT}`);
});
