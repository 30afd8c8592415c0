import type { Words } from '../words.ts';

/** Portuguese. */
export const pt: Words = {
  language: 'pt',
  labels: {
    telephone: ['telefone', 'número de telefone', 'contacto'],
    'telephone/mobile': ['telemóvel', 'telemovel', 'celular'],
    'payment-card': [
      'cartão',
      'cartão de crédito',
      'número do cartão',
      'cartao',
      'cartao de credito',
    ],
    'bank-account': ['conta', 'número da conta', 'conta bancária', 'nib', 'agência'],
    'national-id/pt': [
      'nif',
      'contribuinte',
      'número de contribuinte',
      'número de identificação fiscal',
      'n contribuinte',
    ],
    'national-id/pt/card': [
      'cartão de cidadão',
      'cartao de cidadao',
      'número de identificação civil',
      'cc',
    ],
    'national-id/br': ['cpf', 'cadastro de pessoas físicas'],
    'national-id': ['bilhete de identidade', 'documento de identidade', 'rg'],
    'tax-id/pt': [
      'nif',
      'nipc',
      'contribuinte',
      'número de contribuinte',
      'número de identificação fiscal',
    ],
    'tax-id': ['cnpj', 'nipc', 'iva'],
    passport: ['passaporte'],
    'drivers-licence': ['carta de condução', 'cnh', 'carteira de motorista'],
    'date-of-birth': ['data de nascimento', 'nascido em', 'nascida em', 'nascimento'],
    password: ['senha', 'palavra passe', 'palavra chave'],
    'password/user': ['utilizador', 'usuário', 'usuario'],
    'person-name': ['nome completo', 'apelido', 'sobrenome'],
    'postal-address': ['endereço', 'morada'],
    'customer-number': ['número de cliente', 'código do cliente'],
  },
  against: {
    order: ['encomenda', 'pedido', 'processo', 'referência'],
    invoice: ['fatura', 'nota fiscal', 'recibo'],
    amount: ['valor', 'preço', 'quantidade'],
  },
};
